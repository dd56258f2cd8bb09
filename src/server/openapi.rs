//! The addresses of the server as an `OpenAPI` document: a row an address, with an example of what it
//! takes and gives. A test reads each example as the protocol does, and compares the rows with the routes.

use serde_json::{Map, Value, json};

use crate::sync::protocol::{PROTOCOL_OLDEST, PROTOCOL_VERSION};

/// One address.
struct Row {
    path: &'static str,
    method: &'static str,
    what: &'static str,
    /// Whether a station's token is asked for.
    token: bool,
    takes: Value,
    gives: Value,
}

fn row(path: &'static str, method: &'static str, what: &'static str) -> Row {
    Row { path, method, what, token: true, takes: Value::Null, gives: Value::Null }
}

impl Row {
    fn open(self) -> Self {
        Self { token: false, ..self }
    }

    fn takes(self, takes: Value) -> Self {
        Self { takes, ..self }
    }

    fn gives(self, gives: Value) -> Self {
        Self { gives, ..self }
    }
}

const LEDGER: &str = "5528d98b485e5824171aeb01a644454c";
const HASH: &str = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08";
const UTC: &str = "2026-11-30T06:00:00Z";

fn head() -> Value {
    json!({ "epoch": 1, "last_seq": 42, "last_id": HASH })
}

fn written() -> Value {
    json!({ "prev": HASH, "bytes": "{\"v\":1, … the fact as it was written … }" })
}

fn seal() -> Value {
    json!({ "ledger": LEDGER, "epoch": 1, "last_seq": 42, "head": HASH, "signature": "ed25519, hex" })
}

fn position() -> Value {
    json!(format!("{LEDGER}.1.42"))
}

fn feed() -> Value {
    json!({ "feed": "catalog", "epoch": 1, "position": 12, "rolling": HASH })
}

fn card() -> Value {
    json!({ "person": "p-7", "name": "A. Novak", "badge": "B-2107", "language": "en",
            "pin_verifier": "$argon2id$…" })
}

fn for_everybody() -> Vec<Row> {
    vec![
        row("/v1/health/live", "get", "Whether the process answers, as text").open(),
        row("/v1/health/ready", "get", "Whether store and judge can work, as text; 503 with why")
            .open(),
        row("/metrics", "get", "Figures, as Prometheus reads them").open(),
        row("/v1/openapi.json", "get", "This document").open(),
        row("/v1/time", "get", "The server's clock, and the versions that it speaks")
            .open()
            .gives(json!({ "utc": UTC, "version": PROTOCOL_VERSION, "oldest": PROTOCOL_OLDEST })),
        row("/v1/enroll", "post", "A new station introduces itself with a one-time code")
            .open()
            .takes(json!({ "version": PROTOCOL_VERSION, "code": "7GQ2-…", "ledger": LEDGER,
                           "public_key": HASH, "demo": false }))
            .gives(json!({ "enrolled": {
                "station": "ASM1", "site": "harbor", "token": HASH, "work_centers": ["ASM"],
                "feeds": ["catalog", "station/ASM1", "work-center/ASM"] } })),
    ]
}

fn own_facts() -> Vec<Row> {
    let known = || json!({ "own": [{ "head": head(), "facts": 42 }], "feeds": [feed()] });
    vec![
        row("/v1/head", "get", "How far the server has the station's ledger")
            .gives(json!({ "head": head(), "frozen": false })),
        row("/v1/pages", "post", "Facts of the station's ledger, under a seal")
            .takes(json!({ "version": PROTOCOL_VERSION, "ledger": LEDGER, "epoch": 1, "from": 42,
                           "facts": [written()], "seal": seal() }))
            .gives(json!({ "head": head(), "outcome": "stored" })),
        row("/v1/own/{epoch}/{after}/{most}", "get", "The station's own facts back")
            .gives(json!({ "facts": [written()], "last": head() })),
        row("/v1/check", "post", "What both hold, at the end of a shift")
            .takes(known())
            .gives(known()),
        row("/v1/missing", "post", "Which facts a restored server has no more")
            .takes(json!({ "facts": [{ "at": position(), "id": HASH }] }))
            .gives(json!({ "missing": [position()] })),
        row("/v1/offers", "post", "Facts that a restored server has no more")
            .takes(json!({ "facts": [{ "written": written(), "seal": seal() }] }))
            .gives(json!({ "taken": 1 })),
    ]
}

fn feeds_and_more() -> Vec<Row> {
    vec![
        row("/v1/feeds", "get", "The station's feeds with their heads")
            .gives(json!({ "feeds": [feed()], "backed_up": HASH })),
        row(
            "/v1/backed-up",
            "get",
            "What the last completed backup holds, by which stations may prune",
        )
        .gives(json!({ "up_to": [position()] })),
        row("/v1/pull", "post", "The rows of a feed after a cursor")
            .takes(json!({ "feed": "catalog", "epoch": 1, "after": 12, "rolling": HASH,
                           "bytes_max": 262_144, "up_to": 13 }))
            .gives(json!({ "page": {
                "page": { "feed": "catalog", "epoch": 1, "from": 13, "rows": [written()],
                          "rolling": HASH },
                "head": 13 } })),
        row("/v1/news", "get", "Which feeds have grown, as a stream of events: feed and head"),
        row("/v1/news/{known}", "get", "Waits a while for the number of news to be another one")
            .gives(json!({ "number": 8 })),
        row("/v1/snapshot", "get", "What a new station begins with: its chunks are blobs")
            .gives(json!({ "snapshot": { "cursors": [feed()], "chunks": [HASH], "facts": 12 } })),
        row("/v1/order/{order}/{after}", "get", "Every fact of an order that was left out").gives(
            json!({ "rows": [{ "written": written(), "catalog": false }], "seals": [seal()],
                    "next": 500 }),
        ),
        row("/v1/received/{kind}/{id}/{revision}", "get", "Which stations have a definition")
            .gives(
                json!({ "stations": [{ "station": "ASM1", "work_centers": ["ASM"], "received": true,
                                   "last_contact": UTC }] }),
            ),
        row("/v1/credentials", "get", "Every card with its PIN verifier")
            .gives(json!({ "cards": [card()] })),
        row("/v1/credentials", "put", "Sets a card, with the fact that says who changed it")
            .takes(json!({ "card": card(), "fact": position() })),
        row("/v1/blobs/{hash}", "get", "A blob, as bytes; from a byte on by Range: bytes=N-"),
        row("/v1/blobs/{hash}", "head", "The size of a blob"),
        row(
            "/v1/blobs/{hash}",
            "put",
            "Keeps a blob whose SHA-256 this is; by Content-Range a part of it that follows what \
             is here, of 8 KiB or more but for the last, and tells how much is here then",
        )
        .gives(json!({ "had": 262_144 })),
    ]
}

fn content(example: &Value) -> Value {
    json!({ "application/json": { "example": example } })
}

fn operation(row: &Row) -> Value {
    let names = row.path.split('/').filter_map(|part| part.strip_prefix('{')?.strip_suffix('}'));
    let parameter = |name| json!({ "name": name, "in": "path", "required": true, "schema": { "type": "string" } });
    let fault = json!({ "code": "busy", "message": "what happened and what to do, in words" });
    let mut operation = json!({
        "summary": row.what,
        "parameters": names.map(parameter).collect::<Vec<_>>(),
        "responses": {
            "200": { "description": "done" },
            "default": { "description": "a fault", "content": content(&fault) },
        },
    });
    if !row.gives.is_null() {
        operation["responses"]["200"]["content"] = content(&row.gives);
    }
    if !row.takes.is_null() {
        operation["requestBody"] = json!({ "content": content(&row.takes) });
    }
    if row.token {
        operation["security"] = json!([{ "station": [] }]);
    }
    operation
}

/// The document.
pub(super) fn document() -> Value {
    let mut paths = Map::new();
    for row in for_everybody().into_iter().chain(own_facts()).chain(feeds_and_more()) {
        let address = paths.entry(row.path.to_owned()).or_insert_with(|| json!({}));
        address[row.method] = operation(&row);
    }
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "gemba plant server",
            "version": PROTOCOL_VERSION.to_string(),
            "description": "Bodies may be packed with zstd. A position is ledger.epoch.seq; facts \
                            go as the bytes that were written.",
        },
        "paths": paths,
        "components": { "securitySchemes": { "station": { "type": "http", "scheme": "bearer" } } },
    })
}
