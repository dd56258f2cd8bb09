//! The pictures of a step, as well as each terminal can show them.

use gemba::app::dots::drawn;
use gemba::domain::words::Words;
use gemba::ui::effect::Effect;
use gemba::ui::input::{Input, Key};
use gemba::ui::message::Message;
use gemba::views::dots::{Dots, Room, Shown};
use gemba::views::query::Answer;
use insta::assert_snapshot;
use ratatui::style::Color;

use crate::screens_traveler::reaching;
use crate::support::screen::{Looks, PIN, Screen, USUAL};

pub(crate) const BOLTS: &[u8] = include_bytes!("../fixtures/plant/img/bolts.png");
const COVER: &[u8] = include_bytes!("../fixtures/plant/img/cover.png");

pub(crate) fn bench(looks: Looks) -> Screen {
    let mut screen = Screen::new(reaching("torque"), looks);
    screen.scan("B-2107").type_keys(PIN).type_keys("\n").scan("0007");
    screen.answers.picture = Some(BOLTS.to_vec());
    screen
}

/// A picture in half blocks, in so many columns and rows.
fn dots(bytes: &[u8], (columns, rows): (u16, u16)) -> Result<Dots, Words> {
    let room = Room { columns, rows, whole: None };
    let Answer::Picture(shown) = drawn(&Answer::Blob(Some(bytes.to_vec())), room) else {
        panic!("no picture")
    };
    shown.map(|shown| match *shown {
        Shown::Dots(dots) => dots,
        Shown::Whole(_) => panic!("nobody asked for it"),
    })
}

#[test]
fn a_picture_is_shown_in_words_and_dots_and_what_was_typed_stays() {
    let mut screen = bench(USUAL);
    screen.type_keys("25").key(Key::F(6));
    screen.shows("Cross pattern, bolts 1 to 4").shows("Esc back");
    let colors: Vec<Color> = (0..80).map(|x| screen.cell((x, 12)).fg).collect();
    assert!(colors.iter().any(|color| *color != colors[4]), "{colors:?}");
    screen.key(Key::Esc).shows("25▌");
}

#[test]
fn a_picture_is_blocks_of_color_and_letters_where_there_are_no_colors() {
    let mut screen = bench(USUAL);
    screen.key(Key::F(6));
    assert_snapshot!(screen.golden());
}

#[test]
fn a_picture_that_is_not_here_or_damaged_leaves_its_words() {
    let mut screen = bench(USUAL);
    screen.answers.picture = None;
    screen.key(Key::F(6)).shows("Cross pattern, bolts 1 to 4").shows("it is not here yet: sync");
    screen.key(Key::Esc);
    screen.answers.picture = Some(BOLTS[..200].to_vec());
    screen.key(Key::F(6)).shows("Cross pattern").shows("img/bolts.png cannot be shown: ");
}

#[test]
fn a_picture_is_words_in_lines_and_in_the_smallest_window() {
    let mut screen = bench(Looks { size: (40, 12), theme: "mono", ..USUAL });
    screen.key(Key::F(6)).shows("Cross pattern, bolts 1 to 4").hides("@").hides("▀");
    let said = screen.shell.page().body.join("\n");
    assert!(said.contains("Cross pattern") && !said.contains('@'), "{said}");
}

#[test]
fn a_picture_keeps_its_shape_and_fits() {
    let wide = dots(COVER, (76, 15)).unwrap();
    assert!(wide.across <= 76 && wide.down <= 30);
    let shape = f64::from(wide.across) / f64::from(wide.down);
    assert!((shape - 280.0 / 180.0).abs() < 0.1, "{} x {}", wide.across, wide.down);
    assert_eq!(wide.colors.len(), usize::from(wide.across) * usize::from(wide.down));
    assert_eq!(wide.at(wide.across, 0), None);
}

/// The head of a PNG says how large it is; nothing of that size follows.
#[test]
fn a_picture_that_claims_to_be_huge_takes_no_memory() {
    let mut bomb = BOLTS.to_vec();
    bomb[16..24].copy_from_slice(&[0, 0, 0x7f, 0xff, 0, 0, 0x7f, 0xff]);
    let sum = crc32(&bomb[12..29]);
    bomb[29..33].copy_from_slice(&sum.to_be_bytes());
    let why = dots(&bomb, (76, 15)).unwrap_err();
    assert_eq!(why, "32767 by 32767 dots are too many: make it smaller");
    dots(b"\xff\xd8\xff\xe0garbage", (76, 15)).unwrap_err();
    dots(b"GIF89a", (76, 15)).unwrap_err();
}

/// The checksum of a chunk of PNG (ISO 3309).
fn crc32(bytes: &[u8]) -> u32 {
    let step = |sum: u32, byte: &u8| {
        (0..8).fold(sum ^ u32::from(*byte), |sum, _| {
            if sum & 1 == 1 { sum >> 1 ^ 0xedb8_8320 } else { sum >> 1 }
        })
    };
    !bytes.iter().fold(!0, step)
}

#[test]
fn a_window_of_another_size_gets_the_picture_anew() {
    let mut screen = bench(USUAL);
    screen.key(Key::F(6)).message(Message::Input(Input::Resize { columns: 60, rows: 20 }));
    screen.shows("Cross pattern");
    let shell = format!("{:?}", screen.shell);
    assert!(shell.contains("across: 24") || shell.contains("down: 20"), "{shell}");
}

#[test]
fn a_window_that_changes_its_size_again_and_again_asks_for_one_picture_at_a_time() {
    let mut screen = bench(USUAL);
    let asks = |effects: &[Effect]| {
        let asks = effects.iter().filter_map(|effect| {
            let Effect::DrawPicture(ticket, _, room) = effect else { return None };
            Some((*ticket, *room))
        });
        asks.collect::<Vec<_>>()
    };
    let first = asks(&screen.shell.update(Message::Input(Input::Key(Key::F(6)))));
    let &[(ticket, room)] = first.as_slice() else { panic!("{first:?}") };
    for columns in [60, 70, 90] {
        let resized = Message::Input(Input::Resize { columns, rows: 20 });
        assert!(asks(&screen.shell.update(resized)).is_empty(), "one is being made");
    }
    let picture = drawn(&Answer::Blob(Some(BOLTS.to_vec())), room);
    let then = asks(&screen.shell.update(Message::Loaded(ticket, Ok(picture))));
    let &[(ticket, room)] = then.as_slice() else { panic!("{then:?}") };
    assert_eq!(room.columns, 86);
    let picture = drawn(&Answer::Blob(Some(BOLTS.to_vec())), room);
    assert!(asks(&screen.shell.update(Message::Loaded(ticket, Ok(picture)))).is_empty());
}

proptest::proptest! {
    #[test]
    fn no_bytes_stop_the_program(mut bytes: Vec<u8>, at in 0_usize..400, whole: bool) {
        if whole {
            let damage = std::mem::replace(&mut bytes, BOLTS.to_vec());
            for (n, byte) in damage.into_iter().enumerate() {
                if let Some(place) = bytes.get_mut(at + n) {
                    *place = byte;
                }
            }
        }
        if let Ok(dots) = dots(&bytes, (40, 10)) {
            assert!(dots.across <= 40 && dots.down <= 20);
        }
    }
}
