//! gemba: work instructions and quality records for the shop floor, in a terminal.
//!
//! A station stands at the bench. It runs instructions that engineering has released, takes the
//! readings that they ask for, judges them, stops what must be stopped, and keeps every word of it
//! on its own disk, with or without a network. A plant server gathers what the stations wrote and
//! hands out what they need. What was defined, what was done and what was measured are one thread,
//! so a reading leads back to the line of the revision that asked for it.
//!
//! This page is the architecture: the words, the map, what always holds and why, and three walks
//! through the code.
//!
//! # Words
//!
//! One word for one idea, in file names, types, screens and documents.
//!
//! - A **fact** is one thing that happened, kept forever. A **ledger** is one station's chain of
//!   facts, a **stream** is all facts about one subject, a **feed** is the server's numbered order
//!   of facts for one scope (a site, a work center, the catalog).
//! - A **station** is one installation with one store, one ledger and one key; it serves one or
//!   several **places** (benches, ovens, fixtures) and many terminals.
//! - A **specification** says what is made, as characteristics with limits; an **instruction** says
//!   how, as steps with **asks**. Both are run only once **released**: signed and frozen.
//! - An **order** asks for units or a lot of a part. A **traveler** is the record that goes with one
//!   of them. An **attempt** is one performing of a step; rework makes another one.
//! - A **reading** has a **verdict**: Pass, Marginal or Fail. A failing one makes a **hold** and a
//!   **deviation**, which somebody **dispositions**.
//! - *Saved* means durable in this station's store, *at server* means durable at the server. No
//!   screen says "confirmed".
//!
//! # Map
//!
//! A folder is a layer. `tests/layering.rs` has the table of who may import whom and which layer
//! owns which crate; it fails on an arrow that is not in it, and where this map says otherwise.
//!
//! | folder | what lives there | imports |
//! |---|---|---|
//! | `domain/` | the rules of the shop: what may happen (`decide`) and what it amounts to (`evolve`) | |
//! | `authoring/` | sources that engineers write (Markdown, CSV) to and from definitions: parse, check, format, compile | domain |
//! | `views/` | what screens and commands ask for, and the rows they get: plain data | domain |
//! | `ledger/` | the facts on this machine: transactions, chain, seals, read models, blobs | domain, views |
//! | `sync/` | how station and server exchange facts: protocol, two state machines, one client | domain, ledger |
//! | `server/` | the plant server: routes, ingest, feeds, judge, its own store | domain, views, ledger, `sync::packed`, `sync::parcel`, `sync::protocol`, `sync::up`, `sync::down`, `sync::retry` |
//! | `ui/` | what people see and press: screens, keys, themes, languages | domain, views |
//! | `host/` | the line over SSH to the terminals of one process: keys, limits, bytes in and out | domain |
//! | `app/` | the wiring: command line, session, threads, terminal, clock, settings, credentials, demo | domain, authoring, views, ledger, sync, server, ui, host |
//!
//! The arrows point down, toward `domain/`. Nothing but `main.rs` imports `app/`.
//!
//! # What always holds
//!
//! **A fact is bytes.** It is written once as JSON text. Those bytes are hashed, sealed, sent and
//! stored; no layer parses and writes them again. What a newer version wrote, of whatever kind or
//! stream, is kept, shown and handed on, and nothing is made of it. *Why:* two serializers never
//! agree for ten years, and an auditor must be able to recompute an id with a hash function and nothing of ours.
//!
//! **Facts are only appended.** There is no code path that changes one, and SQL triggers refuse it
//! too. A correction is another fact, and both are shown. *Why:* the first value is evidence.
//!
//! **State is a function of the set of facts.** Each fact names the heads of its stream that were
//! known when it was decided; every station folds a stream in the one order that this graph gives.
//! No clock takes part. *Why:* stations work for weeks apart, with clocks that are wrong, and must
//! still show the same unit in the same state once they hold the same facts.
//!
//! **`decide` refuses, `evolve` cannot.** Every rule of the shop is in `decide`, and a body carries
//! the values that its decision rested on (limits, due date, gauge). *Why:* history has happened. A
//! rule that is tightened tomorrow must not make yesterday's facts unreadable.
//!
//! **Deciding happens inside the write transaction.** Load, decide, append, update the read models
//! and commit are one `BEGIN IMMEDIATE`. *Why:* of two terminals that press Enter on the same step,
//! one must see what the other did.
//!
//! **Saved means saved.** The screen says so after a durable commit, never before. *Why:* power cuts
//! come at the worst moment, and the operator must never have to wonder whether to type it again.
//!
//! **The user interface never sees the ledger.** A screen folds one message into effects and draws
//! what it has; `app/` performs effects and answers with messages. *Why:* each screen can be tested
//! without a disk, and a slow disk cannot freeze a key press.
//!
//! **One session or hundreds, it is the same session.** What is its own comes to it as arguments, down to
//! the theme and the kind of the terminal; nothing of it is the process's. It waits for nothing but its
//! inbox: a line that takes no frame gets none until it does, and what comes in faster than it is taken
//! waits at the line. *Why:* whoever does not read, or sends without end, must not cost the others anything.
//!
//! **Time, identity and chance are arguments.** One file asks the clock, one reads the environment.
//! *Why:* a test, a simulation and the demo can then turn the clock.
//!
//! **Nobody looks again and again.** Where a process of a station wrote to the store, the kernel tells the
//! others, which look once, and a screen that shows nothing new takes neither bytes nor time. *Why:* a
//! terminal stands for hours, and each of two hundred would ask the same every second.
//!
//! **What is searched by words lies beside the store.** The index is a file of its own, caught up by
//! arrival, and whoever asks comes first; people's names are not in it. *Why:* no write waits for it, it
//! may be lost at any moment, and a name that has to go is in one place only.
//!
//! **Up and down never wait for each other.** A station's own facts go up; its feeds come down; each
//! side remembers its own place. *Why:* a page that is refused on the way up must not keep the news
//! of a withdrawn revision from coming down.
//!
//! **The server stores first and judges later.** A well-formed fact of a valid chain is always
//! stored; a judgement that goes against it places a hold, which is a fact as well. *Why:* what
//! happened on the floor does not unhappen because the server dislikes it.
//!
//! **A server remembers nothing.** What matters is in its store; several servers on one database write
//! one after another, by a row that each takes first, and one of them judges, by a lease that each of its
//! writes looks at. *Why:* a feed that has a hole for a moment is a station that misses a fact for good.
//! Pages that wait together go into one transaction: what all of them need is asked at once, rows go out
//! table by table, and if that fails each is tried alone. *Why:* the way to a database and back is what a
//! thousand stations wait for.
//!
//! **Own facts come back by name.** A station has what it wrote: a page of a feed names its own facts by
//! epoch and number, and the rolling hash shows whether both sides mean the same; where it does not, they
//! come whole. *Why:* most of what a bench reads is what it wrote, and a slow line carried it twice.
//!
//! **What only grows is kept as folded.** The server's judgements of a station are one stream for years;
//! who begins reads on from where it was kept, and all of it where a late fact belongs before that.
//! *Why:* the first sign-in of the day holds the store's one pen, and must not read three years.
//!
//! **A new station begins with whole streams.** Of orders that are over it has no fact, and knows their
//! names; the first late fact of one brings all of it. *Why:* a part of a stream folds to a state that
//! never was, and nobody could tell.
//!
//! **What a station lets go of is in a backup, and its place is kept.** Whole orders that are over go under
//! the server's receipt, each in one transaction; a stub of each fact, which is its identity and id, keeps
//! the chain provable, numbers given and the way back open, and SQL triggers let nothing else go. What is
//! built into its units stays known, so that no serial is free again and no lot full again. *Why:* a
//! disk is finite, and what was signed for is not anybody's to forget.
//!
//! **A list says what it may lack.** Where orders that are over are not here, recalls and traces count them
//! and say how to fetch them, until everything is here. *Why:* a recall that silently lists nine of ten
//! pumps is worse than none.
//!
//! **A file says what a line would have said.** It is whole, from the station itself or its server, or it
//! is not taken; used twice or late, it changes nothing. *Why:* sticks are lost, swapped and found again.
//!
//! **Credentials are never facts.** PIN verifiers and people's cards live in tables of their own;
//! facts carry an opaque person id. *Why:* facts are forever, and a person may ask to be forgotten.
//!
//! **A refusal names every reason, each with what to do next.** *Why:* an operator who fixes one
//! reason and then meets another stops trusting the screen.
//!
//! **What was signed and then changed is asked for again.** A signature covers named facts by their
//! ids. A correction of one of them leaves the signature shown, as no longer covering, and opens its
//! ask once more. *Why:* a signature over other values than those that count says nothing.
//!
//! **What goes back comes forward again.** Rework opens its step, all after it, and what was begun at
//! later operations; pieces counted there count anew where they went back to. Pieces of a lot go ahead
//! of the others only when they are split off. *Why:* what follows rested on what is done again, and
//! pieces that were never looked at must not pass with those that were.
//!
//! **A correction is a record.** Its author is trained for the step as on the first time, also after
//! the step ended; whoever reviews puts it right by role alone, and answers for it. *Why:* a value is
//! not better known for being typed later, and somebody must be able to mend it when its author has
//! left or lost the training.
//!
//! **A decision covers what was there to be seen.** To let a unit go on as it is excuses what stood
//! recorded then; a choice of revision and an approval carry the hashes that were shown, a signature
//! how many facts, a disposition the units. What takes more than a page is signed after its last one.
//! *Why:* nobody can answer for what came after, or for what they could not see.
//!
//! **Whether a sampled characteristic is measured is decided once, and kept.** The step that begins
//! carries the counter, the plan and why, from a row that the same transaction moves on. Stations
//! count apart, so that they measure rather once too often. *Why:* replay reads one stream only.
//!
//! **A sample counts pieces, not papers.** A lot takes as many places in a count as it has pieces, and
//! is measured where any of them is due; on how many is what the instruction says. *Why:* `1 in 10`
//! promises how many pieces go by unchecked. One lot counted as one unit would let a thousand by.
//!
//! **A lot is inspected by what is known of its series.** Severity is a fold over the lots of one part
//! from one supplier, which are one stream; a lot keeps what was resolved, and the judge folds what its
//! writer knew once more. Which pieces are looked at follows from chance that the record keeps. *Why:*
//! whoever inspects must not choose the plan, and an auditor must come to the same pieces by hand.
//!
//! **A value of a piece is a record of its own.** It is saved where it is typed, corrected and asked for again
//! alone; a piece is inspected once every value that is asked for stands, and a lot is decided once every value
//! that failed was typed again or is named by a deviation. *Why:* what an inspector measured an hour ago must not
//! hang on the last look at the piece.
//!
//! **A failed check speaks of what went by.** What a station made at a place between two good checks of
//! which one in between failed is held with the failing reading, before the value is typed again and
//! whatever became of it since; what was measured itself is not. No setup bounds it. One rule over all that
//! stands places the holds and lifts them, at the bench and at the server. *Why:* the part that was measured
//! is the one part of the ten that is known.
//!
//! **Units in a row that fail stop the operation, not the units.** Each unit counts once, by its newest
//! attempt at the place; the hold stands in the stream of the place, is placed in the act of the last
//! failure, and is ended by a person's word alone, not by a later good one. *Why:* what drifts is the
//! place, and a value that is good again says nothing of why three were not.
//!
//! **What is done about a deviation is verified by somebody else.** Containment is confirmed where it is
//! done, an action by another person than its owner, whether it helped by nobody who owns it; a deviation
//! that did not help is open again. Of what other stations wrote the server blames nobody who could not
//! have heard. *Why:* whoever did the work cannot see what it left undone.
//!
//! **Units taken together are still units.** A set has no stream of its own: one act writes a fact in
//! the stream of each unit, each naming the whole set, and all are saved or none. *Why:* a unit that
//! fails leaves the set with its record whole.
//!
//! **What was found goes with the pieces.** A lot that was split off has a stream of its own, so a
//! failed gauge, a corrected reading, a skip, an inspection that is contradicted and a release to ship
//! look at the lots that its pieces were of, and at those that they became; what had provably left by
//! then was not looked at. What they say of the lot that they left, who did what there among it, is judged by
//! how that stood then. *Why:* a name on a box changes nothing about what was measured on its pieces.
//!
//! **A lot answers for every value that its acceptance rests on.** Station and judge ask the same of a
//! record, a correction and an acceptance (`domain::inspection::rests`): who may, trained for which step,
//! what was decided of its deviations, and of a first article whether each characteristic has a result on
//! each piece. A gauge that failed doubts lots as it does units. *Why:* a certificate is as good as the
//! value that nobody looked at.
//!
//! **A record is made by a text, and says by which.** A move names every step that asks for something
//! else: work by the older text that was done unseen is done again, on every station. Conditions are
//! asked anew, and the whole unit is measured by one specification. *Why:* the one who moves a unit
//! cannot see what another station is just doing to it.
//!
//! **A permit excuses one value of one reading.** It is granted before the fact by two people, signed for
//! when it is used, and counted in a stream of its own that every station gets; the reading stays failing,
//! and another value asks anew. A use is never taken back, and what is wrong with one is told of the unit. *Why:* a limit that is
//! widened afterwards, or for whatever comes, is no limit.
//!
//! **A record is judged by what its writer knew.** A fact names the heads that were known; folding what
//! they rest on gives the unit as of that fact, and the rules of the bench are asked once more with that.
//! What others did meanwhile is no fault of it; what does not go together is told, with both places and
//! times. *Why:* with everything that came later, an honest station looks like one that lies.
//!
//! **A translation is words.** It is compared with its instruction block by block, down to the warnings and
//! the numbers, and is part of the same revision: one hash, one set of approvals. What is asked, measured and
//! decided is compiled once; a completed step says in which words it was read. *Why:* a limit that is said twice
//! is said in two ways some day, and a warning that is lost in a translation hurts somebody.
//!
//! **One thing has one name.** What is scanned as a component is looked up by what it may mean here, and
//! kept as it is spelled here: `l-3`, `SEAL-1/L-3` and a dash that only looks like one are the lot `L-3`.
//! *Why:* what is blocked or built in under one name would be free under the other.
//!
//! **A code is read whole, or not at all.** What a scanner sent is checked by the tables of its standard; what
//! reads in two ways, because a separator may be lost, is refused with both, until somebody has seen that the
//! scanner sends them; a rule that the other reading breaks makes it no less likely. A label of another part,
//! or with two dates, is no label of what is asked for, and what a slow line parts is told as a part. *Why:*
//! a lot that is guessed is a lot that no recall finds.
//!
//! **What was not known is ended by nobody.** Whoever lets a lot go names the blocks that end; whoever
//! answers the judge, the reasons that were there; pieces that were split off take with them what was
//! settled of them by then. Whether they had left is told by what a fact names, never by a clock. *Why:*
//! of two that act unseen by each other, the one who holds is right until somebody has seen both.
//!
//! **A sentence of ours is its own name.** English stands in the source where it is said, and is what its
//! translations in `ui/locales/` are found by; it is looked up before its values are put in. Rules, views and
//! the store's answers give sentences as data (`domain::words`), since they think on other threads than the
//! one that speaks; what a fact says is made out of its fields (`views::record_words`). What is recorded, sent
//! or printed by a command stays English. *Why:* who reads a screen's source reads the screen, and no key can
//! go stale unseen. (Fluent was the plan: three thousand invented keys would have stood between the source and
//! what it says.) Words that facts hold as text are known again by `domain::understood`: a weakness, since a
//! reason that somebody typed to the letter like one of them is shown translated; facts to come should hold them
//! as data. A site's own words for things (`domain::terms`) are put into the catalog, once for each language:
//! values never pass through them.
//!
//! **A ticket lets work go on, and nothing ship.** A unit may leave a bench before its facts can: what is
//! closed goes with it as a signed code. Whoever takes it pins what it names, and the operations stay open
//! until their facts come; those count then, and where they say something else, or their station is revoked
//! before they came, the unit is held. Pieces that are split off wait with their lot. *Why:* paper
//! went with the unit before, and nobody could tell who had written it, or when.
//!
//! **A judgement goes where its facts went, and comes from the server alone.** Whoever ships a unit
//! knows of every fact of it that it is judged; of another station's judgements only those are here, so
//! they are noted one by one and never folded. *Why:* half a stream proves nothing about the rest.
//!
//! **What goes out is looked at with what is inside it.** A release rests on the unit's own record, on
//! every unit of this plant that is built in, and on what was taken back since, which it carries; the
//! server asks the same once more, and what is not accepted of a component later holds what it went out
//! in. *Why:* a certificate is read by somebody who cannot open the pump.
//!
//! **A position is given once, and the server's word about it counts.** A store that was restored or
//! copied stops when the server has another fact at a number; `gemba station recover` brings back what
//! the server has, keeps what stood there as it was written, and says it again in a new epoch, which the
//! server's last fact witnesses. Each life of a judge writes an epoch of its own. *Why:* whoever signs for
//! a number that another machine gave away too has signed for nothing; and nothing that was saved is lost.
//!
//! **A server that was restored asks back what it had.** It opens a new epoch of its feeds; stations send
//! their own facts once more and offer what they have of others, each proven by a seal. *Why:* the last
//! hour before a disk died is on the benches, and nobody types it again.
//!
//! **What goes down is vouched for by the line.** No server signs a page of a feed: TLS with the pinned
//! authority does, or the file's proof; a rolling hash shows a gap, and each release has the seal of its
//! station. Stations read the catalog, their own feed and their work centers, and no feed of a site or an
//! area. What both compare at a hand-over and find to differ is told; a feed that differs at the cursor is read
//! anew into the same store, which takes nothing that contradicts what it has. Cards go to every station with
//! each exchange: people move between benches. *Why:* a signature for each page would say no more than the line
//! does, and a second store beside the first would have to be proven by the same facts.
//!
//! **What cannot be stored stops its ledger there.** The facts of a page before it are stored, without the
//! page's seals, and so are those before a fork that stands behind what was offered back; nothing after it is,
//! and nothing of it is judged. *Why:* a chain with a hole is no chain, and whoever wrote it has to look.
//!
//! **A judgement is of a run of facts, and of nothing below it.** What stands or comes below a run and was not
//! judged stays to be judged at the server; a station keeps the runs that it heard of, and ships nothing that
//! lies between two of them. What comes late to a work center brings its judgement along. *Why:* a server that
//! was restored gets parts of a ledger first; what it took unjudged would take no effect anywhere, and nobody
//! would know.
//!
//! **A snapshot is of a set of feeds.** It has the catalog and the orders that are not over, and no table of
//! last readings; its chunks are blobs by their hash, which the snapshots of other feeds may name as well. It is
//! loaded in one transaction, into a store that has nothing yet. *Why:* what is folded from facts cannot
//! disagree with them.
//!
//! **What is not built is refused by name.** A key, a command or a part of a rule that this version
//! does not know gets its own code. *Why:* an ignored limit is worse than a missing one.
//!
//! # Walk: an operator records a reading
//!
//! A. Novak stands at ASM-1 with unit WO-1881/0007, on the torque step, and types `24.8`, Enter.
//!
//! 1. The terminal sends bytes. The input pump in `app/` parses them into keys, and the session's
//!    one loop hands each key to the traveler screen in `ui/` as a message.
//! 2. The screen's `update` puts the digits into the field. On Enter it returns an effect: record
//!    this text for this ask. It does not know whether the value is good.
//! 3. `app/` queues the command to the process's one writer. The session keeps drawing and taking
//!    keys meanwhile.
//! 4. `ledger/` begins a transaction, loads the traveler's stream, and gathers the context: the
//!    pinned specification, the person's roles, the gauge and its due date, open holds.
//! 5. `decide` in `domain/` checks eligibility and then the value: it is parsed as an exact decimal,
//!    converted to the characteristic's unit, compared with inclusive limits. Inside them, the
//!    answer is one `ReadingTaken` with value, limits, unit and gauge as used. Outside, the same
//!    answer also holds the unit. Where a rule is broken, the answer is a refusal with all reasons,
//!    and the transaction is rolled back.
//! 6. `ledger/` writes each body once as bytes, chains it to the fact before, folds it, updates the
//!    read models, and commits with the disk flushed.
//! 7. The answer returns as a message. The screen shows the verdict, the limit bar and, on its
//!    message line, `saved 24.8 N·m`.
//!
//! # Walk: two stations meet again after a day offline
//!
//! ASM-1 and INC-1 lost the network yesterday. Both went on working, both touched order WO-1881.
//!
//! 1. Offline changes nothing at the bench: each reading goes the way above. Facts that have not
//!    left are counted as waiting on the status line.
//! 2. The network returns. In each station the process that holds the sync lock asks the state
//!    machine `sync::up` what to do; it says: ask the server how far it has this ledger.
//! 3. The next page of facts goes up, as the bytes that were written, with a seal over its end. The
//!    server checks that numbers are dense and that each id follows from the one before, stores the
//!    longest good run, and answers with the last position it holds durably. Where the line is too
//!    slow for a page, the next one is half as large. A page that comes twice is a success. The same
//!    number with another id is a fork: frozen, and shown to people.
//! 4. In the transaction that stores them, each fact gets the next position in every feed that the
//!    table of kinds names for it.
//! 5. `sync::down` pulls each feed from its cursor, up to where all of them reached in one moment: first
//!    those with holds, then the one with judgements, so that nobody answers one whose hold is not here. A
//!    page and the cursor after it are applied in one transaction, so a crash between them cannot happen.
//!    What the station wrote itself is only named.
//! 6. Facts of the same traveler from the other station join its graph. A late one folds that stream
//!    anew. What both did at the same time is visible as concurrent, in the same order at both.
//! 7. The judge on the server looks at what came, each fact by the unit as its writer knew it
//!    (`domain::as_of`): who may, by the table that the bench uses; the order of steps, holds and ends,
//!    by the rules of the bench (`traveler::sequence`); each value once more by its own limits; training
//!    and gauges on the day; what was done elsewhere, unseen (`traveler::collision`); and, where it has
//!    them, the texts of the instructions. What it rejects is held, at both stations, until a supervisor answers.
//!    No single fact stops it: what it does not know or cannot hold is told.
//!
//! # Walk: an auditor asks for one serial number
//!
//! "What happened to pump 0007, and how do I know that nobody changed it?"
//!
//! 1. `gemba trace WO-1881/0007` asks a query of `views/`, which `ledger/` answers from its read
//!    models: each attempt of each step, who did it, readings with limits and gauge as used,
//!    corrections beside what they correct, deviations with their disposition, signatures with name,
//!    time and meaning, and the revision of the instruction by its hash.
//! 2. Each row quotes the position of its fact: ledger, epoch, number. The fact's own bytes say the
//!    same, with the time of the station, its offset from the server and how old that offset was.
//! 3. A gauge leads to every other unit that it touched, and to the lots that were split off them.
//! 4. `gemba audit verify` reads the store and nothing else: it recomputes the id of each fact from
//!    the bytes and the id before, checks that numbers have no gap, and checks each seal with the
//!    station's public key. It says what it covered and how far the last seal reaches. One changed
//!    byte is named by the fact in which it stands.

pub mod app;
pub mod authoring;
pub mod domain;
#[cfg(feature = "ssh")]
pub mod host;
pub mod ledger;
pub mod server;
pub mod sync;
pub mod ui;
pub mod views;
