//! What is done about a deviation, as a numbered list: reviewed, contained, its cause, its actions,
//! closed, and whether that helped.

use crate::domain::fact::Position;
use crate::domain::ids::DeviationId;
use crate::domain::people::Action;
use crate::ui::input::Key;
use crate::ui::keys::Act;
use crate::ui::layer::{Layer, Reply, Turn};
use crate::ui::may;
use crate::ui::message::Ticket;
use crate::ui::parts::canvas::Canvas;
use crate::ui::parts::list::{List, Shape, one_line};
use crate::ui::speech::say;
use crate::ui::speech::tell;
use crate::ui::theme::Role;
use crate::ui::world::World;
use crate::views::deviation::{ActionView, ContainmentView, DeviationStanding, DeviationView};
use crate::views::query::{Answer, Query};

use super::form::{FormScreen, REPLACES};
use super::form_of::Form;
use super::line::{LineFor, LineScreen};
use super::told;

const PURPOSE: &str = "What is done about a deviation besides its units. Mark what you do and press \
    Enter; what you may not do says so.";
const NONE: &str = "Nothing more is to be done.";

/// Something that may be done now.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Task {
    Review,
    Confirm(Position, String),
    AskContainment,
    Cause,
    Ask,
    Done(Position, String),
    Verify(Position, String),
    Withdraw(Position, String),
    Close,
    Check,
}

impl Task {
    fn words(&self) -> String {
        match self {
            Self::Review => say!("Review: kind, code, by which step it is closed").to_owned(),
            Self::Confirm(_, action) => say!("Confirm: {action}", action),
            Self::AskContainment => say!("Ask for something to be done at once").to_owned(),
            Self::Cause => say!("Say why it happened").to_owned(),
            Self::Ask => say!("Ask for an action").to_owned(),
            Self::Done(_, action) => say!("Done: {action}", action),
            Self::Verify(_, action) => say!("Verify: {action}", action),
            Self::Withdraw(_, action) => say!("Withdraw: {action}", action),
            Self::Close => say!("Close").to_owned(),
            Self::Check => say!("Say whether what was done helped").to_owned(),
        }
    }

    const fn takes(&self) -> &'static [Action] {
        match self {
            Self::Review | Self::Cause | Self::Ask | Self::Verify(..) => &[Action::Dispose],
            Self::Confirm(..) | Self::AskContainment | Self::Done(..) | Self::Withdraw(..) => {
                &[Action::RaiseDeviation]
            }
            Self::Close | Self::Check => &[Action::CloseDeviation],
        }
    }
}

/// What may be done now about a deviation; `bench` leaves what is confirmed there.
fn tasks(view: &DeviationView, bench: bool) -> Vec<Task> {
    let confirm = |open: &ContainmentView| Task::Confirm(open.fact.clone(), tell(&open.words()));
    let mut tasks: Vec<Task> = view.to_do().map(confirm).collect();
    if bench {
        return tasks;
    }
    match view.standing {
        DeviationStanding::Closed => return Vec::new(),
        DeviationStanding::ToCheck => return vec![Task::Check],
        DeviationStanding::Open | DeviationStanding::Approval | DeviationStanding::Disposed => {}
    }
    tasks.insert(0, Task::Review);
    tasks.extend([Task::AskContainment, Task::Cause, Task::Ask]);
    let action = |row: &ActionView| {
        let (fact, action) = (row.fact.clone(), row.action.clone());
        let next = match &row.done {
            None => Task::Done(fact, action),
            Some(_) => Task::Verify(fact, action),
        };
        row.is_open().then_some(next)
    };
    tasks.extend(view.actions.iter().filter_map(action));
    if view.standing == DeviationStanding::Disposed {
        tasks.push(Task::Close);
    }
    // Last, so that nothing else changes its number for it.
    let contained = view.to_do().map(|open| Task::Withdraw(open.fact.clone(), open.action.clone()));
    let actions = view.actions.iter().filter(|row| row.is_open());
    let actions = actions.map(|row| Task::Withdraw(row.fact.clone(), row.action.clone()));
    let withdrawn: Vec<Task> = contained.chain(actions).collect();
    tasks.extend(withdrawn);
    tasks
}

/// The list.
#[derive(Debug)]
pub struct FollowScreen {
    view: Box<DeviationView>,
    tasks: List<Task>,
    bench: bool,
    loading: Option<Ticket>,
}

impl FollowScreen {
    /// Everything that may be done.
    pub fn new(view: Box<DeviationView>) -> Self {
        Self::of(view, false)
    }

    /// What is confirmed at the bench.
    pub fn at_bench(view: Box<DeviationView>) -> Self {
        Self::of(view, true)
    }

    fn of(view: Box<DeviationView>, bench: bool) -> Self {
        let shape = Shape::numbered(one_line, NONE).from_line(6);
        let mut tasks = List::new(shape);
        tasks.fill(self::tasks(&view, bench), |row: &Task, before| row == before);
        Self { view, tasks, bench, loading: None }
    }

    fn open(&self, world: &mut World) -> Turn {
        let Some(task) = self.tasks.marked() else { return Turn::Stay };
        if let Some(refusal) = may::refused(task.takes(), world) {
            return world.not_for_role(&refusal, None);
        }
        let id = self.view.id.clone();
        let offers = &self.view.offers;
        let form = |form| Turn::Open(Box::new(FormScreen::new(form, offers)) as Box<dyn Layer>);
        let line = |line| Turn::Open(Box::new(LineScreen::new(line)) as Box<dyn Layer>);
        match task.clone() {
            Task::Review => form(Form::Review(id)),
            Task::AskContainment => form(Form::AskContainment(id)),
            Task::Cause => self.cause(id),
            Task::Ask => form(Form::Action(id)),
            Task::Check => form(Form::Check(id)),
            Task::Confirm(at, action) => line(LineFor::Confirm(id, at, action)),
            Task::Done(at, action) => line(LineFor::Done(id, at, action)),
            Task::Verify(at, action) => line(LineFor::Verify(id, at, action)),
            Task::Withdraw(at, action) => line(LineFor::Withdraw(id, at, action)),
            Task::Close => line(LineFor::Close(id)),
        }
    }

    /// The form of the cause, with the one in whose place it is said.
    fn cause(&self, id: DeviationId) -> Turn {
        let form = FormScreen::new(Form::Cause(id), &self.view.offers);
        let before = self.view.cause.iter().map(|cause| (REPLACES, cause.words()));
        Turn::Open(Box::new(form.knowing(before.collect())))
    }
}

impl Layer for FollowScreen {
    fn purpose(&self) -> &'static str {
        PURPOSE
    }

    fn acts(&self, _world: &World) -> Vec<Act> {
        if self.tasks.marked().is_some() { vec![Act::Open] } else { Vec::new() }
    }

    fn shown(&mut self, world: &mut World) {
        self.loading = Some(world.load(Query::Deviation { id: self.view.id.clone() }));
    }

    fn act(&mut self, act: Act, world: &mut World) -> Turn {
        if act == Act::Open { self.open(world) } else { Turn::Back }
    }

    fn key(&mut self, key: Key, world: &mut World) -> Turn {
        if self.tasks.key(key, world.size.1) { self.open(world) } else { Turn::Stay }
    }

    fn awaits(&self, ticket: Ticket) -> bool {
        self.loading == Some(ticket)
    }

    fn reply(&mut self, reply: Reply, world: &mut World) -> Turn {
        self.loading = None;
        if let Some(Answer::Deviation(Some(view))) = world.answer(reply) {
            self.tasks.fill(tasks(&view, self.bench), |row, before| row == before);
            self.view = view;
        }
        Turn::Stay
    }

    fn view(&self, world: &World, canvas: &mut Canvas<'_>) {
        let title =
            if self.bench { say!("To be done at once") } else { say!("What is done about it") };
        canvas.put((1, 1), title, Role::Title);
        let name = world.deviation(&self.view.id);
        canvas.put_right(canvas.width().saturating_sub(1), 1, &name, Role::Plain);
        canvas.rule(2);
        canvas.cursor = Some((1, 1));
        let found = told::found_or_noted(&self.view);
        let text = format!("{}  {found}", self.view.units_words());
        canvas.put_in((3, 4), canvas.width().saturating_sub(6), &text, Role::Plain);
        self.tasks.view(canvas, |shown, canvas| {
            let cells = canvas.width().saturating_sub(8);
            canvas.put_in((6, shown.y), cells, &shown.row.words(), Role::Plain);
        });
    }
}
