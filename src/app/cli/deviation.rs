//! `gemba deviation`: raise, list, review, dispose, approve, close.

use clap::{Args, Subcommand, ValueEnum};

use super::session::place_of;
use super::signer::SignerArgs;
use super::step::{StepArgs, step_at};
use super::traveler::view_at;
use super::unit::traveler_id;
use super::{Console, acts, deviation_follow as follow, deviation_show};
use crate::app::fault::{Exit, Fault};
use crate::app::identity;
use crate::domain::decide::Command;
use crate::domain::deviation::{
    DeviationCommand as Asks, DeviationKind, Disposition, Raise, Share,
};
use crate::domain::floor::FloorCommand;
use crate::domain::ids::{CharacteristicId, DeviationId, StepId};
use crate::domain::refusal::Refusal;
use crate::domain::stream::TravelerId;
use crate::domain::traveler::command::{StepAt, TravelerCommand};
use crate::ui::effect::Signing;

#[derive(Debug, Subcommand)]
pub enum DeviationCommand {
    /// Raise a deviation by hand; the unit is held
    #[command(
        after_help = "Examples:\n  gemba deviation raise WO-1881/0007 --note 'cover scratched' \
                            --place ASM-1 --badge B-2107\n  gemba deviation raise --kind process \
                            --note 'oven chart out' --place ASM-1 --badge B-2107\n\nThe first unit is \
                            where it was found; the others are held where they stand. A deviation of \
                            a process may name no unit, and holds its units only with --hold."
    )]
    Raise(RaiseArgs),
    /// Say that a deviation concerns more units; they are held
    #[command(after_help = "Example: gemba deviation add NCR-HP1-0001 WO-1881/0008 WO-1881/0009 \
                            --badge B-2107")]
    Add(AddArgs),
    /// List deviations: open ones first, the worst first, of those the oldest
    #[command(after_help = "Example: gemba deviation list --json\n\nJSON, one deviation a line: \
                            id, kind, code (code, text, severity), close_by (operation, step), \
                            units (traveler, part, pieces, operation, step, steps_before, \
                            characteristic, readings, suggested, held, disposed), required, found, \
                            note, raised_by, place, raised, reviews, containments (number, fact, action, \
                            by, at, to_do (by, place), confirmed, withdrawn), cause (code, by, at, \
                            note), causes_before (as cause), actions (number, fact, action, owner, \
                            due, overdue, done, verified, withdrawn), \
                            closings (by, at, note, check_due, overdue, checks (effective, by, at, \
                            note)), dispositions \
                            (fact, decisions (unit, pieces, disposition), reason, signatures, open, \
                            standing: in-effect, waits, replaced, without-effect), standing (open, \
                            approval, disposed, to-check, closed), at_server\n\nWhat is confirmed, \
                            done, verified and withdrawn: by, at, note. A signature: fact, signer, \
                            printed_name, role, meaning, at, components (badge-and-pin, pin), \
                            covers, covering, uncovered_by")]
    List {
        /// Closed ones too
        #[arg(long)]
        closed: bool,
    },
    /// Show one deviation with everything known; JSON as in the list
    #[command(after_help = "Example: gemba deviation show NCR-HP1-0001 --json")]
    Show {
        /// The deviation
        deviation: DeviationId,
    },
    /// Look at a deviation: its kind, its code of the site's list, what is said about it
    #[command(
        after_help = "Example: gemba deviation review NCR-HP1-0001 --code DIM --note 'known \
                            burr' --badge B-5020"
    )]
    Review(ReviewArgs),
    /// Note what was done at once, or ask for it: it is confirmed at the bench
    #[command(after_help = "Examples:\n  gemba deviation contain NCR-HP1-0001 'bolts set aside' \
                            --badge B-2107\n  gemba deviation contain NCR-HP1-0001 'sort bin 4' \
                            --to-do --at ASM-2 --by p-haas --badge B-4011")]
    Contain(follow::ContainArgs),
    /// Confirm that containment which was asked for is done
    #[command(after_help = "Example: gemba deviation confirm NCR-HP1-0001 1 --note '2 found' \
                            --place ASM-2 --badge B-2114")]
    Confirm(follow::ConfirmArgs),
    /// Say why it happened
    #[command(after_help = "Example: gemba deviation cause NCR-HP1-0001 'pawl worn' --code TOOL \
                            --badge B-5020")]
    Cause(follow::CauseArgs),
    /// Ask for something so that it does not happen again
    #[command(
        after_help = "Example: gemba deviation action NCR-HP1-0001 'check pawls each shift' \
                            --owner p-brandt --due 2026-12-14 --badge B-5020"
    )]
    Action(follow::ActionArgs),
    /// Say that an action is done
    #[command(
        after_help = "Example: gemba deviation done NCR-HP1-0001 1 'on the card of the shift' \
                            --badge B-4011"
    )]
    Done(follow::NumberedArgs),
    /// Say that an action, which somebody else did, was seen to be done
    #[command(after_help = "Example: gemba deviation verify NCR-HP1-0001 1 'card seen' \
                            --badge B-5020")]
    Verify(follow::NumberedArgs),
    /// Take back what was asked for in error, an action or something at once; it stays in the record
    #[command(
        after_help = "Examples:\n  gemba deviation withdraw NCR-HP1-0001 --containment 1 'wrong \
                            bin' --badge B-4011\n  gemba deviation withdraw NCR-HP1-0001 --action 2 \
                            'asked for twice' --badge B-5020\n\nWhoever asked for it takes it back, \
                            or quality does. Numbers: gemba deviation show."
    )]
    Withdraw(follow::WithdrawArgs),
    /// Say, after it was closed, whether what was done helped; if not, it is open again
    #[command(after_help = "Example: gemba deviation check NCR-HP1-0001 --effective 'none since' \
                            --badge B-5020")]
    Check(follow::CheckArgs),
    /// Sign what becomes of the units
    #[command(
        after_help = "Examples:\n  gemba deviation dispose NCR-HP1-0001 rework --step torque \
                            --reason 'wrench slipped' --badge B-4011\n  gemba deviation dispose \
                            NCR-HP1-0002 36:use-as-is 2:scrap 2:rework --step bore --reason burr \
                            --badge B-5020\n  gemba deviation dispose NCR-HP1-0003 \
                            WO-1881/0003=scrap use-as-is --reason seen --badge B-5003\n\nA \
                            decision is [UNIT=][PIECES:]WHAT, with WHAT one of use-as-is, rework, \
                            repair, scrap, return, void; rework and repair may name their own step, \
                            as in rework@torque. Without a unit it is for every unit that is not \
                            decided; pieces share out all of a lot, which is split by it. Use as is \
                            takes the signatures of engineering and quality: the units stay held \
                            until the other one approves."
    )]
    Dispose(DisposeArgs),
    /// Sign that a disposition, which somebody else signed, is right
    #[command(after_help = "Example: gemba deviation approve NCR-HP1-0001 --badge B-5003")]
    Approve(ApproveArgs),
    /// Close a deviation: nothing more is to be done
    #[command(after_help = "Example: gemba deviation close NCR-HP1-0001 'seen' --badge B-5020")]
    Close(NoteArgs),
}

#[derive(Debug, Args)]
pub struct RaiseArgs {
    /// ORDER/UNIT where it was found, then further ones; none is needed for a process
    #[arg(value_parser = traveler_id)]
    units: Vec<TravelerId>,
    #[command(flatten)]
    step: StepArgs,
    /// What departed
    #[arg(long, value_enum, default_value = "product")]
    kind: Kind,
    /// The code of the site's list
    #[arg(long)]
    code: Option<String>,
    /// What was required
    #[arg(long, default_value = "")]
    required: String,
    /// What was found
    #[arg(long, default_value = "")]
    found: String,
    /// What is wrong
    #[arg(long)]
    note: String,
    /// The characteristic of the step that it is about
    #[arg(long)]
    characteristic: Option<CharacteristicId>,
    /// Hold the units of a process deviation, too
    #[arg(long)]
    hold: bool,
    /// The step by which it is to be closed, or no unit of it passes: OPERATION#STEP
    #[arg(long, value_name = "OP#STEP", value_parser = follow::gate)]
    close_by: Option<StepAt>,
    #[command(flatten)]
    signer: SignerArgs,
}

#[derive(Debug, Args)]
pub struct AddArgs {
    /// The deviation
    deviation: DeviationId,
    /// ORDER/UNIT
    #[arg(value_parser = traveler_id, required = true)]
    units: Vec<TravelerId>,
    #[command(flatten)]
    signer: SignerArgs,
}

#[derive(Debug, Args)]
pub struct ReviewArgs {
    /// The deviation
    deviation: DeviationId,
    /// What departed
    #[arg(long, value_enum)]
    kind: Option<Kind>,
    /// The code of the site's list
    #[arg(long)]
    code: Option<String>,
    /// The step by which it is to be closed, or no unit of it passes: OPERATION#STEP
    #[arg(long, value_name = "OP#STEP", value_parser = follow::gate)]
    close_by: Option<StepAt>,
    /// What is said about it
    #[arg(long)]
    note: String,
    #[command(flatten)]
    signer: SignerArgs,
}

#[derive(Debug, Args)]
pub struct NoteArgs {
    /// The deviation
    deviation: DeviationId,
    /// What is noted
    note: String,
    #[command(flatten)]
    signer: SignerArgs,
}

#[derive(Debug, Args)]
pub struct DisposeArgs {
    /// The deviation
    deviation: DeviationId,
    /// What becomes of the units: [UNIT=][PIECES:]WHAT
    #[arg(required = true, value_parser = decision)]
    decisions: Vec<Asked>,
    /// The step to go back to, for rework and repair
    #[arg(long)]
    step: Option<StepId>,
    /// Why
    #[arg(long)]
    reason: String,
    #[command(flatten)]
    signer: SignerArgs,
}

#[derive(Debug, Args)]
pub struct ApproveArgs {
    /// The deviation
    deviation: DeviationId,
    #[command(flatten)]
    signer: SignerArgs,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Kind {
    Product,
    Process,
}

impl From<Kind> for DeviationKind {
    fn from(kind: Kind) -> Self {
        match kind {
            Kind::Product => Self::Product,
            Kind::Process => Self::Process,
        }
    }
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Word {
    UseAsIs,
    Rework,
    Repair,
    Scrap,
    Return,
    Void,
}

/// A decision as typed.
#[derive(Debug, Clone)]
struct Asked {
    unit: Option<TravelerId>,
    pieces: Option<u32>,
    word: Word,
    step: Option<StepId>,
}

/// Reads `[UNIT=][PIECES:]WHAT[@STEP]`.
fn decision(text: &str) -> Result<Asked, String> {
    let (unit, rest) = match text.rsplit_once('=') {
        Some((unit, rest)) => (Some(traveler_id(unit).map_err(|no| no.to_string())?), rest),
        None => (None, text),
    };
    let (pieces, rest) = match rest.split_once(':') {
        Some((pieces, rest)) => {
            let pieces =
                pieces.parse().map_err(|_| format!("{pieces:?} is no number of pieces"))?;
            (Some(pieces), rest)
        }
        None => (None, rest),
    };
    let (word, step) = match rest.split_once('@') {
        Some((word, step)) => {
            (word, Some(step.parse().map_err(|_| format!("{step:?} is no step"))?))
        }
        None => (rest, None),
    };
    let word = Word::from_str(word, false)
        .map_err(|_| "use-as-is, rework, repair, scrap, return or void".to_owned())?;
    Ok(Asked { unit, pieces, word, step })
}

impl Asked {
    fn share(self, step: Option<&StepId>) -> Result<Share, Fault> {
        let Self { unit, pieces, word, step: own } = self;
        if let (Some(step), false) = (&own, matches!(word, Word::Rework | Word::Repair)) {
            let what = format!("@{step} belongs to rework and repair");
            return Err(Fault::usage(what, "nothing else goes back to a step")
                .next("leave it out, or say rework or repair"));
        }
        let step = || {
            own.or_else(|| step.cloned()).ok_or_else(|| {
                let why = "rework and repair go back to one";
                Fault::usage("no step is named", why).next("add --step")
            })
        };
        let disposition = match word {
            Word::UseAsIs => Disposition::UseAsIs,
            Word::Rework => Disposition::Rework { step: step()? },
            Word::Repair => Disposition::Repair { step: step()? },
            Word::Scrap => Disposition::Scrap,
            Word::Return => Disposition::Return,
            Word::Void => Disposition::Void,
        };
        Ok(Share { unit, pieces, disposition })
    }
}

/// Runs a command about deviations.
pub fn run(console: &Console, command: DeviationCommand) -> Result<Exit, Fault> {
    match command {
        DeviationCommand::Raise(args) => raise(console, args),
        DeviationCommand::Add(args) => {
            let what = format!("{} concerns {} more", args.deviation, args.units.len());
            let command = Asks::AddUnits { units: args.units };
            on(console, (&args.signer, args.deviation), &what, command)
        }
        DeviationCommand::List { closed } => deviation_show::list(console, closed),
        DeviationCommand::Show { deviation } => deviation_show::run(console, deviation),
        DeviationCommand::Review(args) => {
            let what = format!("{} reviewed", args.deviation);
            let (kind, code, note) = (args.kind.map(Into::into), args.code, args.note);
            let command = Asks::Review { kind, code, close_by: args.close_by, note };
            on(console, (&args.signer, args.deviation), &what, command)
        }
        DeviationCommand::Contain(args) => follow::contain(console, args),
        DeviationCommand::Confirm(args) => follow::confirm(console, args),
        DeviationCommand::Cause(args) => follow::cause(console, args),
        DeviationCommand::Action(args) => follow::action(console, args),
        DeviationCommand::Done(args) => follow::done(console, args),
        DeviationCommand::Verify(args) => follow::verify(console, args),
        DeviationCommand::Withdraw(args) => follow::withdraw(console, args),
        DeviationCommand::Check(args) => follow::check(console, args),
        DeviationCommand::Dispose(args) => dispose(console, args),
        DeviationCommand::Approve(args) => approve(console, args),
        DeviationCommand::Close(args) => {
            let what = format!("{} closed", args.deviation);
            let command = Asks::Close { note: args.note };
            on(console, (&args.signer, args.deviation), &what, command)
        }
    }
}

pub(super) fn on(
    console: &Console,
    (signer, deviation): (&SignerArgs, DeviationId),
    what: &str,
    command: Asks,
) -> Result<Exit, Fault> {
    acts::act(console, signer, what, |_| Command::Deviation(deviation, command))
}

fn raise(console: &Console, args: RaiseArgs) -> Result<Exit, Fault> {
    let mut units = args.units.into_iter();
    let found_on = units.next();
    let mut raise = Box::new(Raise {
        kind: args.kind.into(),
        code: args.code,
        required: args.required,
        found: args.found,
        note: args.note,
        units: units.collect(),
        hold: args.hold,
        close_by: args.close_by,
        characteristic: args.characteristic,
    });
    let station = console.reader()?;
    let Some(unit) = found_on else { return raise_at_place(console, raise, args.signer) };
    let view = view_at(console, (&station, &args.signer), &unit)?;
    let named = args.step.named();
    let (at, _) = match step_at(&view, named) {
        Ok(found) => found,
        Err(fault) if args.step.step.is_some() => return Err(fault),
        // Not begun, or every step is done: it is held where it stands.
        Err(_) => {
            raise.units.insert(0, unit);
            return raise_at_place(console, raise, args.signer);
        }
    };
    let what = format!("{} on {unit} at step {}", console.called("deviation"), at.step);
    let command = TravelerCommand::RaiseDeviation { at, raise };
    acts::act(console, &args.signer, &what, |_| Command::Traveler(unit, command))
}

/// Raises what was found at no step of a unit.
fn raise_at_place(console: &Console, raise: Box<Raise>, signer: SignerArgs) -> Result<Exit, Fault> {
    if raise.characteristic.is_some() {
        let why = "a characteristic is measured at one";
        return Err(Fault::usage("no step is named", why).next("add --step"));
    }
    let place = place_of(console, &console.reader()?, &signer)?;
    let place = place.ok_or_else(|| {
        let why = console.called("a deviation is raised at one");
        Fault::usage("no place is named", why).next("add --place")
    })?;
    let what = format!("{} at {place}", console.called("deviation"));
    let command = FloorCommand::RaiseDeviation(raise);
    let signer = SignerArgs { place: Some(place.clone()), ..signer };
    acts::act(console, &signer, &what, |_| Command::Floor(place, command))
}

fn dispose(console: &Console, args: DisposeArgs) -> Result<Exit, Fault> {
    let step = args.step.as_ref();
    let shares = args.decisions.into_iter().map(|asked| asked.share(step));
    let mut shares = shares.collect::<Result<Vec<Share>, Fault>>()?;
    if let Some(view) = deviation_show::find(console, &args.deviation)? {
        let open: Vec<TravelerId> = view.undecided().map(|unit| unit.traveler.clone()).collect();
        shares = Share::of_each(shares, &open);
        let there: Vec<_> = view.undecided().map(|unit| (&unit.traveler, unit.pieces)).collect();
        Refusal::unless_empty(Share::refused(&shares, &there))?;
        acts::show_signed(console, &deviation_show::signed_rows(&view));
        let decision = [
            ("decision", words(&shares)),
            ("why", args.reason.clone()),
            ("meaning", "dispositioned".to_owned()),
        ];
        acts::show_signed(console, &decision);
    }
    let what = format!("{} disposed: {}", args.deviation, words(&shares));
    let deviation = args.deviation.clone();
    let signing = Signing::Dispose { deviation: args.deviation, shares, reason: args.reason };
    acts::act(console, &args.signer, &what, |signer| identity::command(signing, signer.by()))?;
    say_open(console, &deviation)
}

fn words(shares: &[Share]) -> String {
    let words = shares.iter().map(|share| {
        let unit = share.unit.as_ref().map_or_else(String::new, |unit| format!("{unit} "));
        format!("{unit}{}", share.disposition.words_for(share.pieces))
    });
    words.collect::<Vec<_>>().join(", ")
}

/// Says whose signature is missing: until then what is held stays so.
fn say_open(console: &Console, id: &DeviationId) -> Result<Exit, Fault> {
    if let Some(waits) = deviation_show::known(console, id)?.waits() {
        let open: Vec<&str> = waits.open.iter().map(|role| role.word()).collect();
        let open = open.join(", ");
        console.printer.line(format!("still held: {open} must sign as well"));
        console.printer.line(format!("→ gemba deviation approve {id} --badge BADGE"));
    }
    Ok(Exit::Done)
}

/// Signs what waits now, which is shown first.
fn approve(console: &Console, args: ApproveArgs) -> Result<Exit, Fault> {
    let view = deviation_show::known(console, &args.deviation)?;
    let waits = view.waits().ok_or_else(|| {
        let what = format!("nothing of {} waits for a signature", args.deviation);
        Fault::refused(what, "it is not disposed, or needs no other signature")
            .next("see gemba deviation show")
    })?;
    acts::show_signed(console, &deviation_show::signed_rows(&view));
    let mut rows = vec![("decision", waits.words().to_string()), ("why", waits.reason.clone())];
    rows.extend(waits.signatures.iter().map(|signed| ("signed", signed.words_in_full())));
    rows.push(("meaning", "approved".to_owned()));
    acts::show_signed(console, &rows);
    let what = format!("{} approved: {}", args.deviation, waits.words());
    let deviation = args.deviation.clone();
    let disposition = waits.fact.clone();
    let signing = Signing::Approve { deviation: args.deviation, disposition };
    acts::act(console, &args.signer, &what, |signer| identity::command(signing, signer.by()))?;
    say_open(console, &deviation)
}
