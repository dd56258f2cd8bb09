//! `gemba specification` and `gemba site`: definitions once they are released, and who decides.

use std::collections::BTreeSet;

use clap::{Args, Subcommand};
use jiff::civil::Time;
use serde_json::json;

use super::signer::SignerArgs;
use super::site_rules::{self, RuleArgs};
use super::{Console, acts, rows, sync};
use crate::app::fault::{Exit, Fault};
use crate::app::station::Station;
use crate::domain::decide::Command;
use crate::domain::ids::{CharacteristicId, PartId, RevisionId, SiteId, WorkCenterId};
use crate::domain::people::Role;
use crate::domain::place::{ComponentRule, NewsRule, SiteState};
use crate::domain::revision::{RevisionCommand, RevisionWithdrawn};
use crate::domain::site_change::{self, SiteChange};
use crate::domain::stream::{StreamState, Subject};
use crate::views::definition::{
    RevisionRow, characteristic_words, languages_words, standing_words,
};
use crate::views::query::{Answer, Query};

#[derive(Debug, Args)]
pub struct WithdrawArgs {
    /// The revision
    revision: RevisionId,
    /// Why
    #[arg(long)]
    reason: String,
    /// Stop work that has begun by it as well, wherever this is received
    #[arg(long)]
    stop_work: bool,
    #[command(flatten)]
    signer: SignerArgs,
}

impl WithdrawArgs {
    /// Withdraws a revision.
    pub fn run(self, console: &Console, subject: &Subject) -> Result<Exit, Fault> {
        let (revision, reason, stop_work) = (self.revision, self.reason, self.stop_work);
        let stops = if stop_work { ", work by it stops" } else { "" };
        let what = format!("{subject} rev {revision} withdrawn{stops}");
        let asked = RevisionCommand::Withdraw(RevisionWithdrawn { revision, reason, stop_work });
        let command = match subject {
            Subject::Instruction(id) => Command::Instruction(id.clone(), asked),
            Subject::Specification(part) => Command::Specification(part.clone(), asked),
            Subject::Traveler(_)
            | Subject::Order(_)
            | Subject::Gauge(_)
            | Subject::Material(_)
            | Subject::Person(_)
            | Subject::Deviation(_)
            | Subject::Place(_)
            | Subject::Station(_)
            | Subject::Site(_)
            | Subject::Help(_)
            | Subject::Handover(_)
            | Subject::Series(_)
            | Subject::Permit(_)
            | Subject::Redline(_)
            | Subject::Newer(_) => return Err(rows::mixed_up()),
        };
        acts::act(console, &self.signer, &what, |_| command)
    }
}

#[derive(Debug, Subcommand)]
pub enum SpecificationCommand {
    /// Show a specification: its revisions, who approved them, what it says, who uses it
    #[command(
        after_help = "Example: gemba specification show CP-40\n\nWhat it says is that of the \
                            revision in effect, else of the newest.\nJSON: as `gemba instruction \
                            show`; each revision has besides: specification {part, revision, \
                            drawing, characteristics}"
    )]
    Show {
        /// The part
        part: PartId,
    },
    /// List revisions of specifications: how they stand, and who approved them
    #[command(after_help = "Example: gemba specification list\n\nJSON as of: gemba instruction \
                            list")]
    List,
    /// Take a released revision back: nothing is started against it any more
    #[command(
        after_help = "Example: gemba specification withdraw CP-40 F --reason 'wrong drawing' \
                            --badge B-5003\n\nJSON: saved, facts, waiting"
    )]
    Withdraw {
        /// The part
        part: PartId,
        #[command(flatten)]
        args: WithdrawArgs,
    },
    /// Say which stations have what was last said of a revision; the server must answer
    #[command(after_help = "Example: gemba specification received CP-40 F\n\nExit code 3 without \
                            an answer.\nJSON, one station a line: station, received, last_contact, \
                            work_centers")]
    Received {
        /// The part
        part: PartId,
        /// The revision
        revision: RevisionId,
    },
    /// What was measured of a characteristic lately, and how it differs by revision, place and shift
    #[command(after_help = "Example: gemba specification readings CP-40 c-gap\n\nJSON: part, \
                            characteristic, name, requirement, limits, readings (traveler, reading, \
                            sample, value, number, verdict, at, who, place, shift, revision, gauge), \
                            older, not_here, complete_to, silent (place, last_contact), \
                            link_down")]
    Readings {
        /// The part
        part: PartId,
        /// The characteristic
        characteristic: CharacteristicId,
    },
    /// List every instruction and every open unit that uses a specification
    #[command(after_help = "Example: gemba specification users CP-40\n\nJSON, one user a line: \
                            kind (instruction, traveler), id, revision, uses, outdated, standing")]
    Users {
        /// The part
        part: PartId,
    },
}

/// Runs a command about specifications.
pub fn specification(console: &Console, command: SpecificationCommand) -> Result<Exit, Fault> {
    match command {
        SpecificationCommand::Show { part } => {
            show_definition(console, Subject::Specification(part))
        }
        SpecificationCommand::List => super::instruction::list(console, "specification"),
        SpecificationCommand::Withdraw { part, args } => {
            args.run(console, &Subject::Specification(part))
        }
        SpecificationCommand::Received { part, revision } => {
            received(console, &Subject::Specification(part), &revision)
        }
        SpecificationCommand::Readings { part, characteristic } => {
            super::characteristic::readings(console, part, characteristic)
        }
        SpecificationCommand::Users { part } => users(console, part),
    }
}

/// Shows one definition.
pub fn show_definition(console: &Console, subject: Subject) -> Result<Exit, Fault> {
    let unknown = || {
        Fault::refused(format!("{subject} is not known here"), "")
            .next("check the number, or sync this station")
    };
    let query = Query::Definition { subject: subject.clone() };
    let Answer::Definition(found) = rows::ask(console, &query)? else {
        return Err(rows::mixed_up());
    };
    let found = found.ok_or_else(unknown)?;
    console.printer.line(format!("{} {}  {}", found.kind.words(), found.id, found.title));
    for row in &found.revisions {
        let from = row.from.as_ref().map_or_else(String::new, |from| format!("  {from}"));
        let standing = standing_words(&row.standing, row.superseded_by.as_ref());
        console.printer.line(format!("rev {}  {standing}{from}", row.revision));
        if let Some(withdrawn) = &row.withdrawn {
            let stops = if withdrawn.stop_work { "; work by it stops" } else { "" };
            console.printer.line(format!("  withdrawn: {}{stops}", withdrawn.reason));
        }
        if let Some(languages) = languages_words(&row.languages) {
            console.printer.line(format!("  {languages}"));
        }
        for approval in &row.approvals {
            console.printer.line(format!("  {}", approval.words_in_full()));
        }
        if !row.approvals_open.is_empty() {
            console.printer.line(format!("  still to approve: {}", row.approvals_open.join(", ")));
        }
    }
    let said = found.revisions.iter().find(|row| row.standing == "in effect");
    if let Some(row) = said.or(found.revisions.first()) {
        text(console, row);
    }
    for redline in &found.redlines {
        let (id, spot, by) = (&redline.redline, redline.spot(), &redline.by);
        let (text, standing) = (&redline.text, redline.standing());
        console.printer.line(format!("redline {id} on {spot} from {by}: {text}  ({standing})"));
    }
    for user in &found.users {
        let newer = if user.outdated { "  a newer one is released" } else { "" };
        let (kind, id, uses, standing) = (&user.kind, &user.id, &user.uses, &user.standing);
        console.printer.line(format!("used by {kind} {id}  rev {uses}  {standing}{newer}"));
    }
    console.printer.value(&found);
    Ok(Exit::Done)
}

/// What a revision of a specification says.
fn text(console: &Console, row: &RevisionRow) {
    let Some(said) = &row.specification else { return };
    console.printer.line(format!("rev {} says, drawing {}:", row.revision, said.drawing));
    for characteristic in &said.characteristics {
        let (head, more) = characteristic_words(characteristic);
        console.printer.line(format!("  {head}"));
        console.printer.line(format!("     {more}"));
    }
}

fn users(console: &Console, part: PartId) -> Result<Exit, Fault> {
    let Answer::SpecificationUsers(found) =
        rows::ask(console, &Query::SpecificationUsers { part })?
    else {
        return Err(rows::mixed_up());
    };
    rows::print(console, &["kind", "id", "rev", "uses", "", "standing"], &found, |row| {
        vec![
            row.kind.clone(),
            row.id.clone(),
            rows::or_dash(row.revision.as_ref()),
            row.uses.to_string(),
            if row.outdated { "a newer one is released".to_owned() } else { String::new() },
            row.standing.clone(),
        ]
    });
    Ok(Exit::Done)
}

/// Says which stations have what was last said of a revision.
pub fn received(
    console: &Console,
    subject: &Subject,
    revision: &RevisionId,
) -> Result<Exit, Fault> {
    let found = sync::received(console, subject, revision)?;
    rows::print(console, &["station", "received", "last contact", "work centers"], &found, |row| {
        let centers: Vec<&str> = row.work_centers.iter().map(WorkCenterId::as_str).collect();
        vec![
            row.station.to_string(),
            if row.received { "yes".to_owned() } else { "no".to_owned() },
            rows::or_dash(row.last_contact),
            centers.join(", "),
        ]
    });
    Ok(Exit::Done)
}

#[derive(Debug, Subcommand)]
pub enum SiteCommand {
    /// Show what the site decides for itself
    #[command(after_help = "Example: gemba site show\n\nJSON: site, name, time_zone, approvals, \
                            rules {specification-approvals, separate-submitter, news, components, \
                            shift-starts, long-stop-minutes}; what keeps \
                            to the default is absent; version, settings {pin_digits, pin_age, \
                            pin_deny, pin_tries, station_tries, station_lock, credentials, \
                            credentials_warn, scrap_reasons, pause_reasons}: as they hold")]
    Show,
    /// Every version of the rules: when, by whom, what was changed
    #[command(after_help = "Example: gemba site history\n\nJSON, one version a line: version, \
                            fact, at, by, changed")]
    History,
    /// Change what the site decides for itself; what is not named stays
    #[command(after_help = "Example: gemba site set --news hold --approval engineer --approval \
                            quality --badge B-6001\n\nJSON: saved, facts, waiting")]
    Set(Box<SiteArgs>),
}

#[derive(Debug, Args)]
pub struct SiteArgs {
    /// Who approves a definition; again for more, each a different person
    #[arg(long = "approval", value_name = "ROLE", value_parser = role)]
    approvals: Vec<Role>,
    /// Who approves a specification, where that differs; again for more
    #[arg(long = "specification-approval", value_name = "ROLE", value_parser = role)]
    specification_approvals: Vec<Role>,
    /// Whether whoever hands a definition in may also approve it
    #[arg(long, value_name = "true|false", action = clap::ArgAction::Set)]
    submitter_approves: Option<bool>,
    /// What happens to units on their way when a newer definition is in effect: warn, hold, stop
    #[arg(long, value_parser = news_rule)]
    news: Option<NewsRule>,
    /// Which serials and lots are built in: any, or known (received, or made here)
    #[arg(long, value_parser = component_rule)]
    components: Option<ComponentRule>,
    /// When shifts begin, in the site's time, such as 06:00,14:00,22:00; "none" for no shifts
    #[arg(long, value_name = "TIMES", value_parser = shift_starts)]
    shift_starts: Option<ShiftStarts>,
    /// After a stop longer than so many minutes samples are counted anew
    #[arg(long, value_name = "MINUTES", value_parser = clap::value_parser!(u32).range(1..=100_000))]
    long_stop: Option<u32>,
    #[command(flatten)]
    rules: RuleArgs,
    #[command(flatten)]
    signer: SignerArgs,
}

/// When shifts begin, earliest first, each once.
#[derive(Debug, Clone)]
struct ShiftStarts(Vec<Time>);

fn shift_starts(text: &str) -> Result<ShiftStarts, String> {
    let wrong = |_| "times of day with commas between them, such as 06:00,14:00,22:00".to_owned();
    let times = text.split(',').filter(|_| text.trim() != "none");
    let times = times.map(|time| time.trim().parse::<Time>().map_err(wrong));
    let times: BTreeSet<Time> = times.collect::<Result<_, String>>()?;
    Ok(ShiftStarts(times.into_iter().collect()))
}

fn role(text: &str) -> Result<Role, String> {
    let words = || Role::WORDS.map(|(word, _)| word).join(", ");
    Role::parse(text).ok_or_else(|| format!("one of {}", words()))
}

fn news_rule(text: &str) -> Result<NewsRule, String> {
    let words = || NewsRule::WORDS.map(|(word, _)| word).join(", ");
    NewsRule::parse(text).ok_or_else(|| format!("one of {}", words()))
}

fn component_rule(text: &str) -> Result<ComponentRule, String> {
    let words = || ComponentRule::WORDS.map(|(word, _)| word).join(", ");
    ComponentRule::parse(text).ok_or_else(|| format!("one of {}", words()))
}

/// Runs a command about the site.
pub fn site(console: &Console, command: SiteCommand) -> Result<Exit, Fault> {
    match command {
        SiteCommand::Show => {
            let (site, state) = policy(&console.reader()?)?;
            show(console, &site, &state);
            Ok(Exit::Done)
        }
        SiteCommand::History => {
            let station = console.reader()?;
            site_rules::history(console, &station, &policy(&station)?.1.versions);
            Ok(Exit::Done)
        }
        SiteCommand::Set(args) => {
            let (site, _) = policy(&console.station()?)?;
            let named = |roles: Vec<Role>| Some(roles).filter(|roles| !roles.is_empty());
            let change = args.rules.change(SiteChange {
                approvals: named(args.approvals),
                specification_approvals: named(args.specification_approvals),
                separate_submitter: args.submitter_approves.map(|may| !may),
                news: args.news,
                components: args.components,
                shift_starts: args.shift_starts.map(|ShiftStarts(starts)| starts),
                long_stop_minutes: args.long_stop,
                ..SiteChange::default()
            });
            let what = format!("the rules of {site}");
            let command = site_change::SiteCommand::Change(Box::new(change));
            acts::act(console, &args.signer, &what, |_| Command::Site(site, command))
        }
    }
}

/// The site with its rules.
pub fn policy(station: &Station) -> Result<(SiteId, SiteState), Fault> {
    let unknown = || {
        Fault::refused("the site's rules are not known here", "nothing was changed")
            .next("sync this station")
    };
    let Answer::Places(places) = station.answer(&Query::Places)? else {
        return Err(rows::mixed_up());
    };
    let sites: BTreeSet<SiteId> = places.into_iter().map(|place| place.site).collect();
    let site = sites.into_iter().next().ok_or_else(unknown)?;
    let folded = station.ledger.stream(&Subject::Site(site.clone()))?;
    let StreamState::Site(state) = folded.stream.state else { return Err(unknown()) };
    if state.policy.is_none() {
        return Err(unknown());
    }
    Ok((site, state))
}

fn show(console: &Console, site: &SiteId, state: &SiteState) {
    let Some(policy) = &state.policy else { return };
    let words = |roles: &[Role]| roles.iter().map(|r| r.word()).collect::<Vec<_>>().join(", ");
    console.printer.line(format!("{site}  {}  {}", policy.name, policy.time_zone));
    console.printer.line(format!("approvals                 {}", words(&policy.approvals)));
    let specification = words(policy.specification_approvals());
    console.printer.line(format!("approvals, specification  {specification}"));
    let alone = if policy.rules.separate_submitter { "no" } else { "yes" };
    console.printer.line(format!("submitter may approve     {alone}"));
    console.printer.line(format!("on a newer definition     {}", policy.rules.news.word()));
    let built_in = policy.rules.components.word();
    console.printer.line(format!("components built in       {built_in}"));
    if let Some(calendar) = state.shifts.as_ref().map(|released| &released.calendar) {
        let names = calendar.names().join(", ");
        console.printer.line(format!("shift calendar            {names}"));
    }
    let starts = &policy.rules.shift_starts;
    let starts: Vec<String> =
        starts.iter().map(|start| start.strftime("%H:%M").to_string()).collect();
    let starts = if starts.is_empty() { "not known".to_owned() } else { starts.join(", ") };
    console.printer.line(format!("shifts begin              {starts}"));
    let stop = policy.rules.long_stop_minutes();
    console.printer.line(format!("long stop                 over {stop} min"));
    site_rules::show(console, &policy.rules);
    let version = state.versions.len();
    console.printer.line(format!("version {version}; gemba site history says what was changed"));
    console.printer.value(&json!({
        "site": site, "name": policy.name, "time_zone": policy.time_zone,
        "approvals": policy.approvals, "rules": policy.rules,
        "version": version, "settings": site_rules::value(&policy.rules),
    }));
}
