//! A unit crosses from one station to another while neither reaches the server: by its ticket alone.

use std::fs::{self, File};
use std::io::BufReader;

use serde_json::Value;

use crate::coated_way::plant_with_plates;
use crate::plant_from_nothing::until;
use crate::support::counts;
use crate::support::program::{INSPECTOR, OPERATOR, Post, QUALITY, SUPERVISOR, SamplePlant};

/// The plant with a second station for packing; nothing of either waits, and the server is away.
fn two_stations() -> (SamplePlant, Post) {
    let plant = plant_with_plates();
    plant.play("station HP9 INC-1\nexpect at server\n").exits(0);
    let second = Post::new(plant.home().parent().unwrap(), "HP9");
    // Without the demo around it, it finds the server where that is.
    let url = |post: &Post| {
        let shown = post.gemba(&["station", "show", "--json"]).exits(0).values().remove(0);
        shown["server"].as_str().unwrap().to_owned()
    };
    let access = second.home().join("server.access");
    let cable = fs::read_to_string(&access).unwrap();
    fs::write(&access, cable.replace(&url(&second), &url(&plant))).unwrap();
    let server = plant.server();
    until(|| {
        plant.gemba(&["sync"]).exits(0);
        second.gemba(&["sync"]).exits(0);
        let orders = second.gemba(&["order", "list", "--json"]).exits(0).values();
        orders.iter().any(|order| order["order"] == "WO-7000")
    });
    drop(server);
    (plant, second)
}

fn at(post: &Post, who: (&str, &str), words: &[&str], place: &str) {
    post.by(who, &[words, &["--place", place]].concat()).exits(0);
}

/// Coats a plate at the first bench.
fn coats(plant: &SamplePlant, unit: &str) {
    at(plant, OPERATOR, &["traveler", "start", unit], "ASM-1");
    let entries = [("view", "1", "no"), ("view", "2", "red"), ("view", "3", "0.03 mm")];
    for (step, ask, value) in entries {
        at(plant, OPERATOR, &["record", unit, "--step", step, "--ask", ask, value], "ASM-1");
    }
    at(plant, OPERATOR, &["traveler", "complete", unit, "view"], "ASM-1");
    at(plant, OPERATOR, &["record", unit, "--step", "mask", "--ask", "1", "yes"], "ASM-1");
    at(plant, OPERATOR, &["traveler", "complete", unit, "mask"], "ASM-1");
    at(plant, OPERATOR, &["record", unit, "--step", "tag", "--ask", "1", "7"], "ASM-1");
    at(plant, OPERATOR, &["traveler", "complete", unit, "tag"], "ASM-1");
    at(plant, OPERATOR, &["traveler", "complete", unit, "dry"], "ASM-1");
}

/// The codes of what stands in the way of a release to ship.
fn stops(post: &Post, unit: &str) -> Vec<String> {
    let review = post.gemba(&["ship", "review", unit, "--json"]).values().remove(0);
    let reasons = review["reasons"].as_array().unwrap().iter();
    reasons.map(|reason| reason["code"].as_str().unwrap().to_owned()).collect()
}

fn accepts<'a>(unit: &'a str, ticket: &'a str) -> [&'a str; 5] {
    ["traveler", "accept-upstream", unit, "--ticket", ticket]
}

/// What a reader of 2D codes finds in a picture.
fn read(path: &std::path::Path) -> String {
    let decoder = png::Decoder::new(BufReader::new(File::open(path).unwrap()));
    let mut reader = decoder.read_info().unwrap();
    let mut bytes = vec![0; reader.output_buffer_size().unwrap()];
    let info = reader.next_frame(&mut bytes).unwrap();
    let (width, line) = (info.width as usize, info.line_size);
    let light = |x: usize, y: usize| {
        let lit = bytes[y * line + x / 8] & (0x80 >> (x % 8)) != 0;
        if lit { 255 } else { 0 }
    };
    let mut picture = rqrr::PreparedImage::prepare_from_greyscale(width, width, light);
    picture.detect_grids()[0].decode().unwrap().1
}

#[test]
fn r17_a_plate_is_packed_by_the_ticket_of_the_bench_that_coated_it_and_ships_once_both_were_heard()
{
    let (plant, second) = two_stations();
    let unit = "WO-7000/C-1";
    plant.gemba(&["ticket", unit]).exits(1).says("T02");
    coats(&plant, unit);
    let picture = plant.path("ticket.png");
    let drawn = ["ticket", unit, "--png", picture.to_str().unwrap()];
    let ran = plant.gemba(&drawn).exits(0);
    let ticket = ran.out.trim().to_owned();
    assert_eq!(read(&picture), ticket, "the picture says what the text says");
    assert!(ran.err.contains("done 10 Coating"), "{}", ran.err);
    let shown = plant.gemba(&["ticket", unit, "--json"]).exits(0).values().remove(0);
    assert_eq!((&shown["traveler"], &shown["done"][0][1]), (&unit.into(), &"Coating".into()));
    counts::add("pictures_of_codes_read_back", 1);

    // At the other bench nothing is known of the plate; what was read wrong is not taken.
    second.gemba(&["traveler", "show", unit]).exits(0).says("not begun");
    let mut wrong = ticket.clone();
    wrong.replace_range(20..21, if &ticket[20..21] == "7" { "8" } else { "7" });
    let taken = |text: &str| {
        second.by(INSPECTOR, &[&accepts(unit, text)[..], &["--place", "INC-1"]].concat())
    };
    taken(&wrong).exits(1).says("not read whole").says("scan it again");
    taken(&ticket[..100]).exits(1).says("not read whole");
    taken(&"GT1".repeat(500)).exits(1).says("at most 1000 characters");
    taken(&ticket.to_lowercase()).exits(0).says("saved").says("provisional");
    taken(&ticket).exits(1).says("U10");
    plant
        .by(OPERATOR, &[&accepts(unit, &ticket)[..], &["--place", "ASM-1"]].concat())
        .exits(1)
        .says("U04");
    let shown = second.gemba(&["traveler", "show", unit, "--json"]).exits(0).values().remove(0);
    assert!(
        shown["accepted"][0]["evidence"].as_str().unwrap().starts_with("ticket of "),
        "{shown}"
    );
    assert_eq!(shown["accepted"][0]["ticket"], ticket);

    at(&second, INSPECTOR, &["traveler", "complete", unit, "box"], "INC-1");
    let stopped = stops(&second, unit);
    assert!(stopped.contains(&"Z02".to_owned()) && stopped.contains(&"Z03".to_owned()));
    second.by(QUALITY, &["ship", "release", unit]).exits(1);

    let _server = plant.server();
    until(|| {
        plant.gemba(&["sync"]).exits(0);
        second.gemba(&["sync"]).exits(0);
        stops(&second, unit).is_empty()
    });
    let reviews = second.gemba(&["review", "list", "--json"]).exits(0).values();
    assert_eq!(reviews, Vec::<Value>::new(), "nobody has anything against it");
    second.by(QUALITY, &["ship", "release", unit]).exits(0).says("certificate");
    for post in [&*plant, &second] {
        post.gemba(&["store", "check"]).exits(0);
        post.gemba(&["audit", "verify"]).exits(0);
    }
}

#[test]
fn r17_a_plate_that_was_sent_back_after_its_ticket_was_drawn_is_held_once_both_were_heard() {
    let (plant, second) = two_stations();
    let unit = "WO-7000/C-2";
    coats(&plant, unit);
    let ticket = plant.gemba(&["ticket", unit]).exits(0).out.trim().to_owned();
    let raise =
        ["deviation", "raise", unit, "--step", "dry", "--operation", "10", "--note", "a run"];
    let raised = plant.by(OPERATOR, &[&raise[..], &["--place", "ASM-1", "--json"]].concat());
    let number = raised.exits(0).values()[0]["deviation"].as_str().unwrap().to_owned();
    plant.gemba(&["ticket", unit]).exits(1).says("H01").says("Z07");
    at(&second, INSPECTOR, &accepts(unit, &ticket), "INC-1");
    at(&second, INSPECTOR, &["traveler", "complete", unit, "box"], "INC-1");
    let dispose = ["deviation", "dispose", &number, "rework", "--step", "view"];
    plant.by(SUPERVISOR, &[&dispose[..], &["--reason", "coat anew"]].concat()).exits(0);

    let _server = plant.server();
    let reviews = || second.gemba(&["review", "list", "--json"]).exits(0).values();
    until(|| {
        plant.gemba(&["sync"]).exits(0);
        second.gemba(&["sync"]).exits(0);
        !reviews().is_empty()
    });
    let told = format!("{:?}", reviews());
    assert!(told.contains("while step view was sent back at ASM-1"), "{told}");
    let stopped = stops(&second, unit);
    assert!(stopped.iter().any(|code| code.starts_with('H')), "{stopped:?}");
    second.by(QUALITY, &["ship", "release", unit]).exits(1);
}
