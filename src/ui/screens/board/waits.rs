//! What waits on the board: of each kind where it is decided, and how it is drawn.

use crate::domain::ids::PlaceId;
use crate::ui::layer::Layer;
use crate::ui::parts::canvas::Canvas;
use crate::ui::screens::calls::{self, OneCallScreen};
use crate::ui::screens::deviation::DeviationScreen;
use crate::ui::screens::deviations;
use crate::ui::screens::handover::{self, HandoverScreen};
use crate::ui::screens::line::{LineFor, LineScreen};
use crate::ui::screens::redlines::{self, RedlineScreen};
use crate::ui::screens::review::{self, ReviewScreen};
use crate::ui::screens::suspect::{self, SuspectScreen};
use crate::ui::speech::{say, tell};
use crate::ui::symbols::Mark;
use crate::ui::theme::Role;
use crate::ui::world::World;
use crate::views::board::ReviewRow;
use crate::views::deviation::DeviationView;
use crate::views::for_me::ForMeRow;
use crate::views::handover::HandoverView;
use crate::views::help::HelpRow;
use crate::views::redline::RedlineRow;
use crate::views::register::HeldOperation;
use crate::views::suspect::SuspectRange;

use super::{age, for_me};

/// What waits for a decision.
#[derive(Debug, Clone)]
pub(super) enum Waits {
    Mine(Box<ForMeRow>),
    Call(Box<HelpRow>),
    Operation(Box<(PlaceId, HeldOperation)>),
    Deviation(Box<DeviationView>),
    Review(Box<ReviewRow>),
    Handover(Box<HandoverView>),
    Redline(Box<RedlineRow>),
    Suspects(Box<SuspectRange>),
}

impl Waits {
    /// Whether it waits for a signature of whoever looks.
    pub(super) const fn is_mine(&self) -> bool {
        matches!(self, Self::Mine(_))
    }

    /// Whether whoever looks could sign it where they stand.
    pub(super) fn is_signed_here(&self) -> bool {
        matches!(self, Self::Mine(row) if !row.elsewhere)
    }

    /// Whether it is the same as another, however that stood then.
    pub(super) fn same(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Mine(one), Self::Mine(other)) => one.what.same(&other.what),
            (Self::Deviation(one), Self::Deviation(other)) => one.id == other.id,
            (Self::Review(one), Self::Review(other)) => one.fact == other.fact,
            (Self::Operation(one), Self::Operation(other)) => one.1.hold == other.1.hold,
            (Self::Call(one), Self::Call(other)) => one.call == other.call,
            (Self::Handover(one), Self::Handover(other)) => one.handover == other.handover,
            (Self::Redline(one), Self::Redline(other)) => one.redline == other.redline,
            (Self::Suspects(one), Self::Suspects(other)) => one.failed == other.failed,
            (
                Self::Mine(_)
                | Self::Call(_)
                | Self::Operation(_)
                | Self::Deviation(_)
                | Self::Review(_)
                | Self::Handover(_)
                | Self::Redline(_)
                | Self::Suspects(_),
                _,
            ) => false,
        }
    }

    /// Where it is decided.
    pub(super) fn open(&self) -> Box<dyn Layer> {
        match self {
            Self::Mine(row) => for_me::open(&row.what),
            Self::Deviation(row) => Box::new(DeviationScreen::raised(row.id.clone())),
            Self::Review(row) => Box::new(ReviewScreen::new((**row).clone())),
            Self::Operation(row) => {
                let held = Box::new(row.1.held.clone());
                Box::new(LineScreen::new(LineFor::ReleaseOperation(row.0.clone(), held)))
            }
            Self::Call(row) => Box::new(OneCallScreen::new((**row).clone())),
            Self::Handover(row) => Box::new(HandoverScreen::new((**row).clone())),
            Self::Redline(row) => Box::new(RedlineScreen::of(row.redline.clone())),
            Self::Suspects(row) => Box::new(SuspectScreen::new((**row).clone())),
        }
    }

    /// Draws it in two lines.
    pub(super) fn view(&self, y: u16, world: &World, canvas: &mut Canvas<'_>) {
        match self {
            Self::Mine(row) => for_me::view_row(row, y, world, canvas),
            Self::Operation(row) => view_held(row, y, world, canvas),
            Self::Deviation(row) => deviations::view_row(row, y, world, canvas),
            Self::Review(row) => review::view_row(row, y, world, canvas),
            Self::Call(row) => calls::view_row(row, y, world, canvas),
            Self::Handover(row) => handover::view_row(row, y, world, canvas),
            Self::Redline(row) => redlines::view_row(row, y, world, canvas),
            Self::Suspects(row) => suspect::view_range(row, y, canvas),
        }
    }
}

/// Draws an operation that is held, in two lines.
fn view_held(
    (place, row): &(PlaceId, HeldOperation),
    y: u16,
    world: &World,
    canvas: &mut Canvas<'_>,
) {
    let x = canvas.mark((6, y), Mark::Hold, Role::Hold);
    let instruction = &row.held.measured.instruction;
    canvas.put_in(
        (x + 1, y),
        30,
        &say!("{instruction} at {place}", instruction, place),
        Role::Title,
    );
    canvas.put_in((40, y), 11, &age(row.since, world), Role::Plain);
    canvas.put((52, y), say!("held: not begun here"), Role::Hold);
    canvas.put((8, y + 1), &tell(&row.held.words()), Role::Plain);
}
