//! Blobs that come in parts: each part once and in its place, and nothing is kept that is not the blob.

use gemba::domain::hash::Hash;
use gemba::domain::ids::LedgerId;
use gemba::server::store::Store;
use gemba::server::store::parts::Part;

use crate::support::stores::on_both;

const WHOLE: &[u8] = b"a picture of a pump";

fn takes(store: &Store, (ledger, of): (&LedgerId, &[u8]), from: usize, bytes: &[u8]) -> usize {
    let part = Part { ledger, hash: &Hash::of(&[of]), from, total: of.len(), bytes };
    store.take_part(part).unwrap()
}

#[test]
fn parts_become_a_blob_once_all_are_here_and_each_answer_tells_how_much_is() {
    on_both(|bench| {
        let (asm, inc) = (bench.station(1), bench.station(2));
        let of = (asm.ledger(), WHOLE);
        let hash = Hash::of(&[WHOLE]);
        assert_eq!(takes(&bench.store, of, 0, b""), 0, "asked only");
        assert_eq!(takes(&bench.store, of, 0, &WHOLE[..5]), 5);
        assert_eq!(takes(&bench.store, of, 0, &WHOLE[..5]), 5, "the answer was lost");
        assert_eq!(takes(&bench.store, of, 9, &WHOLE[9..12]), 5, "a part between is missing");
        assert_eq!(takes(&bench.store, (inc.ledger(), WHOLE), 0, b""), 0, "another station's");
        // Another server of the plant goes on where this one was.
        assert_eq!(takes(&bench.another(), of, 5, &WHOLE[5..12]), 12);
        assert_eq!(bench.store.blob(&hash).unwrap(), None);
        assert_eq!(takes(&bench.store, of, 12, &WHOLE[12..]), WHOLE.len());
        assert_eq!(bench.store.blob(&hash).unwrap().as_deref(), Some(WHOLE));
        assert_eq!(takes(&bench.store, (inc.ledger(), WHOLE), 0, b""), WHOLE.len(), "it is here");
    });
}

#[test]
fn parts_that_are_not_the_blob_are_let_go_and_so_are_those_of_one_that_was_given_up() {
    on_both(|bench| {
        let asm = bench.station(1);
        let of = (asm.ledger(), WHOLE);
        assert_eq!(takes(&bench.store, of, 0, &WHOLE[1..8]), 7);
        assert_eq!(takes(&bench.store, of, 7, &WHOLE[7..]), 0, "it has another hash");
        assert_eq!(bench.store.blob(&Hash::of(&[WHOLE])).unwrap(), None);
        assert_eq!(takes(&bench.store, of, 0, &WHOLE[..7]), 7, "it begins anew");
        let other = (asm.ledger(), &WHOLE[3..]);
        assert_eq!(takes(&bench.store, other, 0, b"ict"), 3);
        assert_eq!(takes(&bench.store, of, 0, b""), 0, "a station sends one at a time");
    });
}

#[test]
fn parts_that_are_as_long_as_a_blob_that_is_not_kept_are_let_go() {
    on_both(|bench| {
        let asm = bench.station(1);
        let (ledger, hash, total) = (asm.ledger(), &Hash::of(&[WHOLE]), WHOLE.len() + 1);
        let longer = Part { ledger, hash, from: 0, total, bytes: WHOLE };
        assert_eq!(bench.store.take_part(longer).unwrap(), WHOLE.len());
        let of = (ledger, WHOLE);
        assert_eq!(takes(&bench.store, of, 0, b""), 0, "it is not kept");
        assert_eq!(takes(&bench.store, of, 0, WHOLE), WHOLE.len());
        assert_eq!(bench.store.blob(hash).unwrap().as_deref(), Some(WHOLE));
    });
}

#[test]
fn parts_of_a_blob_that_another_station_sent_meanwhile_are_let_go() {
    on_both(|bench| {
        let (asm, inc) = (bench.station(1), bench.station(2));
        let of = (asm.ledger(), WHOLE);
        assert_eq!(takes(&bench.store, of, 0, &WHOLE[..5]), 5);
        assert_eq!(takes(&bench.store, (inc.ledger(), WHOLE), 0, WHOLE), WHOLE.len());
        assert_eq!(takes(&bench.store, of, 0, b""), WHOLE.len());
        bench.sql("DELETE FROM blob");
        assert_eq!(takes(&bench.store, of, 0, b""), 0);
    });
}
