//! Every question to a station's store, and its answer.

use std::sync::Arc;

use jiff::civil::Date;

use crate::domain::difference::Change;
use crate::domain::fact::Position;
use crate::domain::handover::HandoverContent;
use crate::domain::hash::Hash;
use crate::domain::ids::{
    CharacteristicId, DeviationId, GaugeClassId, GaugeId, InstructionId, OrderId, PartId, PermitId,
    PersonId, PlaceId, RedlineId,
};
use crate::domain::inspection::series::SeriesId;
use crate::domain::instruction::{Instruction, StandardStep};
use crate::domain::refusal::Refusal;
use crate::domain::shift_time::Shift;
use crate::domain::stream::{Subject, TravelerId};
use crate::domain::ticket::Ticket;
use crate::domain::traced::Traced;
use crate::domain::traveler::wait::RunningWait;
use crate::domain::words::Words;

use super::board::Board;
use super::board_place::PlaceBoard;
use super::characteristic::CharacteristicView;
use super::definition::{DefinitionUserRow, DefinitionView, ReceivedRow};
use super::deviation::DeviationView;
use super::difference::Differences;
use super::dots::Shown;
use super::find::Found;
use super::first_article::FirstArticleView;
use super::for_me::ForMe;
use super::gauge::GaugeTrace;
use super::grid::GridView;
use super::handover::HandoverView;
use super::help::{DueRow, HelpView};
use super::inspection::{LotToOpen, LotView, SeriesView};
use super::link::{Link, SignInNews, SyncView};
use super::material::MaterialRow;
use super::order::OrderRow;
use super::permit::PermitRow;
use super::queue::Queue;
use super::redline::RedlineRow;
use super::register::{DefinitionRow, EndingRow, GaugeRow, PersonRow, PlaceRow, UserRow};
use super::scan::ScanMeaning;
use super::ship::{Certificate, ShipReview, ShipRow};
use super::suspect::SuspectRange;
use super::thread::{Named, NamedRow, Recall, Span, Thread};
use super::ticket::TicketView;
use super::trace::Trace;
use super::traveler::TravelerView;

/// A question.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Query {
    /// What a person can work on at a place, and why not the rest.
    Queue {
        /// The place.
        place: PlaceId,
        /// Who would; none asks only for what holds for everybody.
        person: Option<PersonId>,
    },
    /// One traveler with all that its screen shows.
    Traveler {
        /// Which.
        id: TravelerId,
        /// Where it is looked at: samples are counted there, and of several open operations, one of
        /// that place is shown.
        place: Option<PlaceId>,
    },
    /// Several travelers, such as those of a set; those that are not known here are left out.
    Travelers {
        /// Which.
        ids: Vec<TravelerId>,
        /// Where they are looked at: samples are counted there.
        place: Option<PlaceId>,
    },
    /// The waits that were begun at this station and run.
    Waits,
    /// What changed for a traveler: what the person has not read, and what is newer.
    Differences {
        /// Which.
        id: TravelerId,
        /// Who asks.
        person: Option<PersonId>,
    },
    /// The instructions and open units that use a part's specification.
    SpecificationUsers {
        /// The part.
        part: PartId,
    },
    /// The shift board of the station's work centers: of the shift that is on, else of the day.
    Board,
    /// The board of one shift.
    BoardOf {
        /// Which.
        shift: Box<Shift>,
    },
    /// What waits for the signature of a person at this station.
    ForMe {
        /// Who.
        person: PersonId,
        /// Where they stand; where it is none, wherever a step is done.
        place: Option<PlaceId>,
    },
    /// Where the figures of a place on the board come from.
    PlaceBoard {
        /// The place.
        place: PlaceId,
        /// The shift; the one that is on, else the day, where none is named.
        shift: Option<Box<Shift>>,
    },
    /// What was measured of a characteristic.
    Characteristic {
        /// The part.
        part: PartId,
        /// The characteristic.
        id: CharacteristicId,
    },
    /// Deviations, open ones first, the worst first, of those the oldest.
    Deviations {
        /// Whether closed ones are listed too.
        closed: bool,
    },
    /// One deviation.
    Deviation {
        /// Which.
        id: DeviationId,
    },
    /// A compiled instruction.
    Instruction {
        /// Its blob.
        hash: Hash,
    },
    /// A compiled standard step.
    StandardStep {
        /// Its blob.
        hash: Hash,
    },
    /// One definition with its revisions and who uses it.
    Definition {
        /// The instruction, the standard step or the specification.
        subject: Subject,
    },
    /// What changed between two compiled definitions of a kind.
    Compared {
        /// The blob before.
        old: Hash,
        /// The blob after.
        new: Hash,
    },
    /// Every definition with its revisions.
    Definitions,
    /// A blob, such as a picture.
    Blob {
        /// Which.
        hash: Hash,
    },
    /// Gauges, of one class or all.
    Gauges {
        /// The class.
        class: Option<GaugeClassId>,
    },
    /// Everything measured with a gauge since it was last good.
    GaugeTrace {
        /// The gauge.
        gauge: GaugeId,
        /// From this day on instead.
        since: Option<Date>,
    },
    /// Bought-in material, of one part or all.
    Materials {
        /// The part.
        part: Option<PartId>,
    },
    /// Gauges whose calibration ends soon or has ended.
    Endings,
    /// People with roles and qualifications.
    People,
    /// The instructions that include a standard step.
    Users {
        /// The standard step.
        standard: InstructionId,
    },
    /// Places.
    Places,
    /// Orders.
    Orders {
        /// Whether closed ones are listed too.
        closed: bool,
    },
    /// Units that are finished, and those that went out last.
    Ships,
    /// What a reviewer looks at before a unit is released to ship.
    ShipReview {
        /// The unit.
        id: TravelerId,
    },
    /// The units of an order that are begun and not shipped.
    ToShip {
        /// The order.
        order: OrderId,
    },
    /// The certificate of a unit.
    Certificate {
        /// The unit.
        id: TravelerId,
    },
    /// What a text names.
    Named {
        /// As typed or scanned.
        text: String,
    },
    /// What can be gone to by name: places, open orders with their units, open deviations, definitions,
    /// gauges, and the characteristics of the specification at hand.
    Spots {
        /// What somebody has before them.
        here: Option<Traced>,
    },
    /// What has each of these words: instructions in effect by their text, specifications in effect
    /// with their characteristics, units, lots, orders, people, deviations, redlines, permits, gauges,
    /// places.
    Find {
        /// As typed: plain words.
        words: String,
        /// How many are told at most.
        limit: usize,
    },
    /// Where a thing came from and where it went.
    Thread {
        /// The thing.
        of: Traced,
        /// How many rows of each way are left out before the first.
        skip: usize,
        /// How many rows of each way are told at most.
        limit: usize,
    },
    /// Every unit that a thing reached.
    Recall {
        /// The thing.
        of: Traced,
        /// Of when, and by which revision.
        span: Span,
    },
    /// Everything about one traveler, for an auditor.
    Trace {
        /// Which.
        id: TravelerId,
    },
    /// How the station stands with its server.
    Sync,
    /// As much of it as every screen shows.
    Link,
    /// What the sign-in screen tells besides.
    SignInNews {
        /// The place.
        place: Option<PlaceId>,
    },
    /// What a scanned or typed code names here.
    Scan {
        /// The code.
        code: String,
    },
    /// What a hand-off ticket says, and whose it is.
    Ticket {
        /// As scanned.
        ticket: Box<Ticket>,
    },
    /// What may be called for, and the calls for help.
    Help {
        /// Whether cleared ones are listed too.
        cleared: bool,
    },
    /// Whom this station is to tell of its own calls now.
    HelpDue,
    /// The last hand-overs, newest first.
    Handovers {
        /// Only those that nobody accepted.
        open: bool,
    },
    /// What a hand-over would say now.
    HandoverContent,
    /// What failed checks make suspect.
    Suspects {
        /// Whether ranges of which nothing is held any more are listed too.
        all: bool,
    },
    /// What one failed check makes suspect, held or not any more.
    SuspectRange {
        /// The reading that failed.
        failed: Position,
    },
    /// A series with its lots.
    Series {
        /// Which.
        id: SeriesId,
    },
    /// One opening of a lot of a series.
    Lot {
        /// The series.
        series: SeriesId,
        /// The fact that opened it.
        opened: Position,
    },
    /// Every characteristic of a first article with what was found.
    FirstArticle {
        /// The series.
        series: SeriesId,
        /// The fact that opened the lot.
        opened: Position,
    },
    /// The sample of an opening of a lot as a table.
    Grid {
        /// The series.
        series: SeriesId,
        /// The opening.
        opened: Position,
    },
    /// Lots that came in and can be opened for inspection.
    LotsToOpen,
    /// Lots that were opened for inspection, those that wait for somebody first.
    Inspections {
        /// Whether those that wait for nobody are listed too.
        decided: bool,
    },
    /// Deviation permits that may be used or granted.
    Permits {
        /// Whether those that are over are listed too.
        all: bool,
    },
    /// One deviation permit with every use.
    Permit {
        /// Which.
        id: PermitId,
    },
    /// One redline.
    Redline {
        /// Which.
        id: RedlineId,
    },
    /// Redlines, open ones first.
    Redlines {
        /// Of this instruction, else of all.
        instruction: Option<InstructionId>,
        /// Whether answered ones are listed too.
        answered: bool,
    },
}

/// The answer to the question of the same name.
#[derive(Debug, Clone, PartialEq)]
pub enum Answer {
    /// To [`Query::Queue`].
    Queue(Queue),
    /// To [`Query::Traveler`]; none where it is not known here.
    Traveler(Option<Box<TravelerView>>),
    /// To [`Query::Travelers`].
    Travelers(Vec<TravelerView>),
    /// To [`Query::Waits`].
    Waits(Vec<RunningWait>),
    /// To [`Query::Differences`]; none where it was not begun.
    Differences(Option<Box<Differences>>),
    /// To [`Query::SpecificationUsers`].
    SpecificationUsers(Vec<DefinitionUserRow>),
    /// To [`Query::Board`] and [`Query::BoardOf`].
    Board(Box<Board>),
    /// To [`Query::ForMe`].
    ForMe(ForMe),
    /// To [`Query::PlaceBoard`]; none where the place is not on the board of this station.
    PlaceBoard(Option<Box<PlaceBoard>>),
    /// To [`Query::Characteristic`]; none where nothing was measured of it here.
    Characteristic(Option<Box<CharacteristicView>>),
    /// A picture, or why it cannot be shown.
    Picture(Result<Box<Shown>, Words>),
    /// To [`Query::Deviations`].
    Deviations(Vec<DeviationView>),
    /// To [`Query::Deviation`].
    Deviation(Option<Box<DeviationView>>),
    /// To [`Query::Instruction`].
    Instruction(Option<Arc<Instruction>>),
    /// To [`Query::StandardStep`].
    StandardStep(Option<Box<StandardStep>>),
    /// To [`Query::Definition`]; none where nothing is known of it here.
    Definition(Option<Box<DefinitionView>>),
    /// To [`Query::Compared`]; none where a text is not here.
    Compared(Option<Vec<Change>>),
    /// Which stations have what was last said of a revision, as the server says; none where it has
    /// accepted nothing about it. A store alone does not know it.
    Received(Option<Vec<ReceivedRow>>),
    /// To [`Query::Definitions`].
    Definitions(Vec<DefinitionRow>),
    /// To [`Query::Blob`].
    Blob(Option<Vec<u8>>),
    /// To [`Query::Gauges`].
    Gauges(Vec<GaugeRow>),
    /// To [`Query::GaugeTrace`]; none where the gauge is not known here.
    GaugeTrace(Option<Box<GaugeTrace>>),
    /// To [`Query::Materials`].
    Materials(Vec<MaterialRow>),
    /// To [`Query::Endings`].
    Endings(Vec<EndingRow>),
    /// To [`Query::People`].
    People(Vec<PersonRow>),
    /// To [`Query::Users`].
    Users(Vec<UserRow>),
    /// To [`Query::Places`].
    Places(Vec<PlaceRow>),
    /// To [`Query::Orders`].
    Orders(Vec<OrderRow>),
    /// To [`Query::Ships`].
    Ships(Vec<ShipRow>),
    /// To [`Query::ShipReview`]; none where nothing is known of the unit here.
    ShipReview(Option<Box<ShipReview>>),
    /// To [`Query::ToShip`].
    ToShip(Vec<TravelerId>),
    /// To [`Query::Certificate`]; none where it was never released to ship.
    Certificate(Option<Box<Certificate>>),
    /// To [`Query::Named`].
    Named(Named),
    /// To [`Query::Spots`].
    Spots(Vec<NamedRow>),
    /// To [`Query::Find`].
    Found(Found),
    /// To [`Query::Thread`]; none where nothing is known of it here.
    Thread(Option<Box<Thread>>),
    /// To [`Query::Recall`]; none where nothing is known of it here.
    Recall(Option<Box<Recall>>),
    /// To [`Query::Trace`].
    Trace(Option<Box<Trace>>),
    /// To [`Query::Sync`].
    Sync(Box<SyncView>),
    /// To [`Query::Link`].
    Link(Link),
    /// To [`Query::SignInNews`].
    SignInNews(SignInNews),
    /// To [`Query::Scan`].
    Scan(ScanMeaning),
    /// To [`Query::Ticket`].
    Ticket(Box<TicketView>),
    /// A ticket that was drawn, or every reason why none is; a store that is read alone cannot sign.
    Drawn(Result<Box<TicketView>, Refusal>),
    /// To [`Query::Help`].
    Help(HelpView),
    /// To [`Query::HelpDue`].
    HelpDue(Vec<DueRow>),
    /// To [`Query::Handovers`].
    Handovers(Vec<HandoverView>),
    /// To [`Query::HandoverContent`].
    HandoverContent(Box<HandoverContent>),
    /// To [`Query::Suspects`] and [`Query::SuspectRange`].
    Suspects(Vec<SuspectRange>),
    /// To [`Query::Series`].
    Series(Option<Box<SeriesView>>),
    /// To [`Query::Lot`].
    Lot(Option<Box<LotView>>),
    /// To [`Query::FirstArticle`]; none where it is none, or its specification has not come.
    FirstArticle(Option<Box<FirstArticleView>>),
    /// To [`Query::Grid`].
    Grid(Option<Box<GridView>>),
    /// To [`Query::LotsToOpen`].
    LotsToOpen(Vec<LotToOpen>),
    /// To [`Query::Inspections`].
    Inspections(Vec<LotView>),
    /// To [`Query::Permits`].
    Permits(Vec<PermitRow>),
    /// To [`Query::Permit`]; none where it is not known here.
    Permit(Option<Box<PermitRow>>),
    /// To [`Query::Redline`]; none where it is not known here.
    Redline(Option<Box<RedlineRow>>),
    /// To [`Query::Redlines`].
    Redlines(Vec<RedlineRow>),
}
