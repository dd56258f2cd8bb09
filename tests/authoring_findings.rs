//! Findings: every code of the table has a source in which it is found and one that is clean.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use gemba::authoring::check::{Definition, Neighbors, check_all};
use gemba::authoring::code::Code;
use gemba::authoring::codes::rows;
use gemba::authoring::finding::{Checked, FINDINGS_MAX, Finding, Level, SOURCE_BYTES_MAX, Source};
use gemba::authoring::pictures::PictureFault;
use gemba::domain::place::PlaceAct;

use crate::support::counts;

pub(crate) fn fixtures() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures")
}

/// Reads a picture beside a source; one called huge is over the limit.
pub(crate) fn read_picture(source: &str, picture: &str) -> Result<Vec<u8>, PictureFault> {
    if picture.contains("huge") {
        return Err(PictureFault::TooLarge);
    }
    let path = Path::new(source).parent().unwrap().join(picture);
    fs::read(path).map_err(|_| PictureFault::Unreadable("no such file".to_owned()))
}

/// Checks bytes as if they stood in the folder of findings, with its specification as neighbor.
fn check(name: &str, bytes: &[u8]) -> Result<Definition, Vec<Finding>> {
    read(name, bytes).map(|sound| sound.definition)
}

fn read(name: &str, bytes: &[u8]) -> Checked<Definition> {
    let folder = fixtures().join("findings");
    let neighbor = fs::read(folder.join("P-1.csv")).unwrap();
    let neighbor = Source { file: "P-1.csv", bytes: &neighbor };
    let standard = fs::read(folder.join("STD-CLEAN.md")).unwrap();
    let before = String::from_utf8(standard.clone()).unwrap().replace("rev: B", "rev: A");
    let standard = Source { file: "STD-CLEAN.md", bytes: &standard };
    let before = Source { file: "STD-CLEAN-A.md", bytes: before.as_bytes() };
    // A name that ends in two letters before .md would be that of a translation into `ok`.
    let as_named = name.replace(".ok.", ".clean.");
    let file = folder.join(as_named).to_str().unwrap().to_owned();
    let source = Source { file: &file, bytes };
    let words = fs::read(folder.join("STD-CLEAN.de.md")).unwrap();
    let words = Source { file: "STD-CLEAN.de.md", bytes: &words };
    let spanish = fs::read(folder.join("STD-CLEAN.es.md")).unwrap();
    let spanish = Source { file: "STD-CLEAN.es.md", bytes: &spanish };
    // Translations have one original; of the one that has none it is not beside it.
    let translated = fs::read(folder.join("TRANSLATED.md")).unwrap();
    let (stem, _) = file.rsplit_once('.').unwrap();
    let original = stem.rsplit_once('.').map_or(String::new(), |(stem, _)| format!("{stem}.md"));
    let original = Source { file: &original, bytes: &translated };
    let mut neighbors = vec![neighbor, before, standard, words, spanish, original];
    neighbors.truncate(if name == "E0310.bad.de.md" { 5 } else { 6 });
    let neighbors = Neighbors { sources: &neighbors, standards: &[] };
    check_all(&[source], neighbors, &read_picture).remove(0)
}

fn check_markdown(text: &str) -> Vec<Finding> {
    check("test.md", text.as_bytes()).expect_err("something to be found")
}

/// The one file of the folder whose name begins so.
fn fixture(beginning: &str) -> (String, Vec<u8>) {
    let mut found = fs::read_dir(fixtures().join("findings"))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.file_name().unwrap().to_str().unwrap().starts_with(beginning));
    let path = found.next().unwrap_or_else(|| panic!("no fixtures/findings/{beginning}*"));
    assert_eq!(found.next(), None, "{beginning}");
    let mut bytes = fs::read(&path).unwrap();
    // A file of a mebibyte has no place in the repository; blanks make it one.
    match beginning {
        "E0103.bad." => bytes.resize(SOURCE_BYTES_MAX + 1, b' '),
        "E0103.ok." => bytes.resize(SOURCE_BYTES_MAX, b' '),
        _ => {}
    }
    (path.file_name().unwrap().to_str().unwrap().to_owned(), bytes)
}

fn codes(findings: &[Finding]) -> Vec<Code> {
    findings.iter().map(|finding| finding.code).collect()
}

/// A page with the usual front matter.
fn page(body: &str) -> String {
    let front = "---\nid: WI-1\ntitle: Fit\npart: P-1\nrev: B\noperation: 10 Assembly\n\
                 work-center: ASM\nspecification: P-1 rev A\n---\n\n";
    format!("{front}{body}")
}

#[test]
fn every_code_is_found_in_its_bad_source_and_not_in_the_clean_one() {
    for row in rows() {
        let (name, bytes) = fixture(&format!("{}.bad.", row.code));
        let read_bad = read(&name, &bytes);
        assert_eq!(read_bad.is_ok(), row.level == Level::Warning, "{name}");
        let found = read_bad.map_or_else(|found| found, |sound| sound.warnings);
        assert_eq!(codes(&found), [row.code], "{name}: {}", found[0]);
        assert_eq!(found[0].level, row.level);
        let (name, bytes) = fixture(&format!("{}.ok.", row.code));
        let clean = read(&name, &bytes).unwrap_or_else(|found| panic!("{name}: {}", found[0]));
        assert_eq!(clean.warnings, [], "{name}");
        counts::add("finding_codes", 1);
    }
}

#[test]
fn every_code_explains_itself_with_lines_of_its_sources() {
    let mut last = None;
    for row in rows() {
        assert!(last < Some(row.code), "{} out of order", row.code);
        last = Some(row.code);
        assert_eq!(Code::parse(&row.code.to_string()), Some(row.code));
        let explained = row.code.explain();
        assert!(explained.starts_with(&format!("{} {}\n\n{}", row.code, row.title, row.why)));
        for (kind, example) in [("bad", row.bad), ("ok", row.good)] {
            // Examples about a whole file are said in words.
            if example.starts_with('(') || example.contains("gemba check") {
                continue;
            }
            let (name, bytes) = fixture(&format!("{}.{kind}.", row.code));
            let text = String::from_utf8_lossy(&bytes).into_owned();
            for line in example.lines() {
                assert!(text.contains(line) || kind == "ok", "{name} has no line {line:?}");
            }
        }
    }
    assert_eq!(Code::parse("E0001"), None);
    assert_eq!(Code::parse("e0107"), Some(Code::KeyMissing));
}

#[test]
fn no_source_belongs_to_a_code_that_is_not_there() {
    for entry in fs::read_dir(fixtures().join("findings")).unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        if let Some((code, _)) = name.split_once('.').filter(|(code, _)| code.starts_with('E')) {
            assert!(Code::parse(code).is_some(), "{name}");
        }
    }
}

#[test]
fn a_finding_says_where_what_why_and_what_to_do() {
    let found = check_markdown(&page("## Fit {#fit}\nÄ ![](img/cover.png)\n"));
    let told = found[0].to_string();
    let place = told.split_once("test.md").unwrap().1;
    assert_eq!(
        place,
        ":12:3 E0137 picture \"img/cover.png\" without words: many terminals show no picture, only \
         its words; say in [ ] what it shows"
    );
}

#[test]
fn all_findings_of_a_file_are_told_in_its_order() {
    let text = page(
        "Before.\n\n## Fit\nSee <b>it</b>.\n```measure\ncharacteristic: c-none\ncount: 0\n\
         on-fail: redo\n```\n\n## Press {#press}\n```wait\nmin: 2\n```\n```chekc\nask: x\n```\n",
    );
    let found = check_markdown(&text);
    let expected = [
        Code::OutsideStep,
        Code::StepIdMissing,
        Code::RawHtml,
        Code::RawHtml,
        Code::CharacteristicUnknown,
        Code::BadCount,
        Code::BadOnFail,
        Code::KeyMissing,
        Code::BadDuration,
        Code::FenceUnknown,
    ];
    let mut sorted = codes(&found);
    sorted.sort_unstable();
    let mut wanted = expected.to_vec();
    wanted.sort_unstable();
    assert_eq!(sorted, wanted, "{found:#?}");
    assert!(found.is_sorted_by_key(|finding| (finding.line, finding.column)), "{found:#?}");
}

#[test]
fn an_unknown_key_names_the_nearest_one() {
    let found = check_markdown(&page("## Fit {#fit}\n```check\naks: Flat?\nask: Flat?\n```\n"));
    assert_eq!(found[0].next, "did you mean \"ask\"?");
    let found =
        check_markdown(&page("## Fit {#fit}\n```scan\nlabel: x\nmatch: unit\nzzzzzz: 1\n```\n"));
    assert_eq!(found[0].next, "write one of label, match");
}

#[test]
fn a_byte_order_mark_and_crlf_change_nothing() {
    for name in ["plant/CP-40.csv", "findings/E0107.ok.md"] {
        let text = fs::read_to_string(fixtures().join(name)).unwrap();
        let windows = format!("\u{feff}{}", text.replace('\n', "\r\n"));
        let file = Path::new(name).file_name().unwrap().to_str().unwrap();
        assert_eq!(check(file, windows.as_bytes()), check(file, text.as_bytes()));
        assert!(check(file, text.as_bytes()).is_ok());
    }
    let found = check_markdown(&page("## Fit {#fit}\nA lone return\r hides this.\n"));
    assert_eq!(codes(&found), [Code::Control]);
}

#[test]
fn fifty_megabytes_are_refused_without_being_read() {
    let found = check("big.md", &vec![b'#'; 50 * 1024 * 1024]).unwrap_err();
    assert_eq!(codes(&found), [Code::TooLarge]);
}

#[test]
fn words_of_a_source_reach_the_terminal_without_their_controls() {
    let found = check_markdown(&page("## Fit {#fit}\n```check\n\u{1b}[2Jask: x\n```\n"));
    for finding in found {
        assert!(!finding.to_string().contains('\u{1b}'), "{finding:?}");
    }
}

#[test]
fn a_cell_that_a_spreadsheet_would_calculate_is_data() {
    let text = "# part: P-9   rev: A   drawing: D-9\n\
                id,balloon,location,requirement,name,nominal,lower,upper,unit,class,kind,gauge,sample\n\
                c-a,1,@A1,=SUM(A1),+Edge,,-0.5,0.5,mm,minor,measured,,\n";
    let Ok(Definition::Specification(found)) = check("x.csv", text.as_bytes()) else { panic!() };
    let found = &found.characteristics[0];
    assert_eq!([&*found.location, &found.requirement, &found.name], ["@A1", "=SUM(A1)", "+Edge"]);
}

#[test]
fn what_is_noted_about_the_place_is_read_word_by_word() {
    let with = |acts: &str| {
        let page = page("## Fit {#fit}\nFit it.\n");
        page.replace("work-center: ASM\n", &format!("work-center: ASM\nplace-acts: {acts}\n"))
    };
    let Ok(Definition::Instruction(found)) =
        check("x.md", with("setup, tool, material, tool").as_bytes())
    else {
        panic!("it is clean");
    };
    assert_eq!(found.rules.place_acts, [PlaceAct::Setup, PlaceAct::Tool, PlaceAct::Material]);
    let bad = check_markdown(&with("setup, tol"));
    assert_eq!(codes(&bad), [Code::WordUnknown]);
    assert!(bad[0].next.contains("tool"), "{}", bad[0].next);
}

#[test]
fn a_step_asks_for_a_qualification_of_its_own() {
    let body = |named: &str| {
        page(&format!("## Fit {{#fit}}\nFit it.\n\n```step\nqualification: {named}\n```\n"))
    };
    let Ok(Definition::Instruction(found)) = check("x.md", body("torque-2").as_bytes()) else {
        panic!("it is clean");
    };
    let asked = found.steps[0].rules.qualification.as_ref().unwrap();
    assert_eq!(asked.as_str(), "torque-2");
    assert_eq!(codes(&check_markdown(&body("torque 2"))), [Code::BadId]);
}

#[test]
fn a_specification_parted_by_semicolons_is_told_so() {
    let text = "# part: P-9   rev: A   drawing: D-9\nid;balloon;name\nc-a;1;Edge\n";
    let found = check("x.csv", text.as_bytes()).unwrap_err();
    assert_eq!(codes(&found), [Code::BadColumns]);
    assert_eq!(found[0].next, "part the columns with commas");
}

#[test]
fn the_real_pages_of_another_form_give_findings() {
    let folder = "gitbuilding/openflexure-delta-stage";
    let Some(folder) = counts::sample(folder) else { return };
    let mut pages = 0;
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|ending| ending == "md") {
            let bytes = fs::read(&path).unwrap();
            let found = check(path.file_name().unwrap().to_str().unwrap(), &bytes).unwrap_err();
            assert!(found[0].next.len() > 3, "{}", found[0]);
            // With a front matter of ours, the page itself is looked at.
            let text = page(&String::from_utf8(bytes).unwrap());
            let found = check_markdown(&text);
            assert!(codes(&found).contains(&Code::HeadingLevel), "{}: {found:#?}", path.display());
            pages += 1;
        }
    }
    assert_eq!(pages, 6);
}

#[test]
fn a_warning_is_told_as_one_and_the_source_still_defines_what_it_says() {
    let text = page("## Fit {#fit}\n```step\norder: free\n```\n\nFit it.\n");
    let sound = read("x.md", text.as_bytes()).unwrap();
    let told: Vec<String> = sound.warnings.iter().map(ToString::to_string).collect();
    assert!(told[0].contains(":13:1 E0206 warning: step \"fit\" is free"), "{told:?}");
    let Definition::Instruction(defined) = sound.definition else { panic!() };
    assert!(defined.steps[0].rules.free);
    // Beside an error it is told as well, and nothing is defined.
    let found = check_markdown(&text.replace("Fit it.", "Fit <b>it</b>."));
    let levels: Vec<Level> = found.iter().map(|finding| finding.level).collect();
    assert_eq!(levels, [Level::Warning, Level::Error, Level::Error]);
}

#[test]
fn an_error_counts_also_behind_more_warnings_than_are_told() {
    let mut steps = String::new();
    for n in 0..FINDINGS_MAX + 10 {
        write!(steps, "## Fit {{#f{n}}}\n```step\nqualification: q\n```\n\n").unwrap();
    }
    let text = page(&format!("{steps}## Fit {{#last}}\nFit.\n"))
        .replace("work-center: ASM\n", "work-center: ASM\nqualification: q\n");
    let sound = read("x.md", text.as_bytes()).unwrap();
    assert_eq!(sound.warnings.len(), FINDINGS_MAX);
    // A step's rules are settled in the order of the page, this one's last.
    let last = "## Fit {#last}\n```step\nwhen: #none.1 = yes\n```\n";
    let text = text.replace("## Fit {#last}\n", last);
    assert!(read("x.md", text.as_bytes()).is_err());
}

#[test]
fn a_heading_without_its_blank_is_found_wherever_it_hides() {
    for (body, found) in [
        ("## Fit {#fit}\nFit it.\n\n##Press {#press}\nPress it.\n", true),
        ("## Fit {#fit}\nFit it.\n##Press {#press}\n", true),
        ("## Fit {#fit}\n- One\n- Two\n###Press\n", true),
        ("## Fit {#fit}\nFit it.\n\n#Press {#press}\nPress it.\n", true),
        ("## Fit {#fit}\nFit it with a\n#8-32 screw.\n", false),
        ("## Fit {#fit}\nFit it.\n\n\\##Press is what the drawing says.\n", false),
        ("## Fit {#fit}\n```check\n##remark\nask: Flat?\n```\n", false),
    ] {
        let read = read("x.md", page(body).as_bytes());
        let told = read.map_or_else(|found| codes(&found), |_| Vec::new());
        assert_eq!(told == [Code::HeadingBlank], found, "{body}: {told:?}");
    }
}

#[test]
fn what_stands_alone_in_a_line_is_bounded() {
    let long = "x".repeat(5_000);
    let row = "# part: P-9   rev: A   drawing: D-9\n\
               id,balloon,location,requirement,name,nominal,lower,upper,unit,class,kind,gauge,sample\n\
               c-a,1,1/A1,max 0.05,NAME,,,0.05,mm,minor,measured,feeler,\n";
    let title = |text: &str| page("## Fit {#fit}\nFit.\n").replace("title: Fit", text);
    let sources = [
        ("x.md", title(&format!("title: {long}"))),
        ("x.md", title("title: Fit").replace("10 Assembly", &format!("10 {long}"))),
        ("x.md", page(&format!("## {long} {{#fit}}\nFit.\n"))),
        ("x.md", page(&format!("## Fit {{#fit}}\n```check\nask: {long}\n```\n"))),
        ("x.md", page(&format!("## Fit {{#fit}}\n```install\n{long}: P-2 lot\n```\n"))),
        ("x.csv", row.replace("NAME", &long)),
        ("x.csv", row.replace("D-9", &long)),
    ];
    for (name, text) in sources {
        let found = check(name, text.as_bytes()).unwrap_err();
        assert_eq!(codes(&found), [Code::LineTooLong], "{found:?}");
        assert!(found[0].to_string().len() < 400, "{}", found[0]);
        let short = text.replace(&long, &"x".repeat(150));
        assert!(check(name, short.as_bytes()).is_ok());
    }
}

#[test]
fn a_condition_that_names_no_one_answer_says_what_to_write() {
    let with = |when: &str| {
        let gap = "## Gap {#gap}\n```measure\nname: Gap\nspec: max 0.05 mm\ncount: 3\n```\n\n";
        let look = "## Look {#look}\n```check\nask: Red?\n```\n\n";
        let last = format!("## Mend {{#mend}}\n```step\nwhen: {when}\n```\n\nMend it.\n");
        read("x.md", page(&format!("{gap}{look}{last}")).as_bytes())
    };
    for (when, why, next) in [
        ("#gap.2 > 0.04 mm", "has one ask, with 3 readings", "write #gap.1.2 for its reading 2"),
        ("#gap.1 > 0.04 mm", "takes 3 readings", "say which one: #gap.1.1 to #gap.1.3"),
        ("#gap.1.4 > 0.04 mm", "has no reading 4", "it takes 3: write #gap.1.1 to #gap.1.3"),
        ("#look.2 = yes", "has one ask", "write #look.1"),
        ("#look.1.2 = yes", "takes no readings", "write #look.1"),
    ] {
        let found = with(when).unwrap_err();
        assert_eq!(codes(&found), [Code::ConditionAsk], "{when}");
        assert!(found[0].what.ends_with(why), "{}", found[0]);
        assert_eq!(found[0].next, next);
    }
    for when in ["#gap.1.2 > 0.04 mm", "#gap.1 fails", "#look.1 = yes", "#look.1.1 = yes"] {
        assert!(with(when).is_ok(), "{when}");
    }
}

#[test]
fn an_included_revision_that_is_not_there_names_those_that_are() {
    let found = check_markdown(&page("## Fit {#fit}\n```include\nstep: STD-CLEAN rev C\n```\n"));
    assert_eq!(codes(&found), [Code::IncludeNotFound]);
    assert_eq!(found[0].next, "name the revision that is there: A, B, or give the other file");
}
