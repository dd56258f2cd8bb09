//! Numbers of translations: none changes, none loses its sign or its unit, none changes places.

use gemba::authoring::check::Definition;
use gemba::authoring::code::Code;
use gemba::authoring::finding::Sound;

use crate::authoring_translations::check;

/// The codes that are found where a text stands for another, each in its language.
fn found((written_in, original): (&str, &str), (language, said): (&str, &str)) -> Vec<Code> {
    let page = |front: &str, text: &str| format!("---\n{front}---\n\n## A {{#a}}\n{text}\n");
    let front = format!(
        "id: WI-1\ntitle: A\npart: P-1\nrev: A\nlanguage: {written_in}\noperation: 10 A\n\
         work-center: ASM\n"
    );
    let original = page(&front, original);
    let words = page("title: A\nrev: A\noperation: 10 A\n", said);
    let translation = format!("x/WI-1.{language}.md");
    let read = check(&[("x/WI-1.md", &original)], &[(translation.as_str(), &words)]).remove(0);
    let findings = match read {
        Ok(Sound { definition: Definition::Instruction(_), warnings }) => warnings,
        Ok(other) => panic!("{other:?}"),
        Err(findings) => findings,
    };
    findings.into_iter().map(|finding| finding.code).collect()
}

/// Whether a German text may stand for an English one, and the English one for the German.
fn says_the_same(english: &str, german: &str) -> bool {
    let (english, german) = (("en", english), ("de", german));
    let (there, back) = (found(english, german), found(german, english));
    for codes in [&there, &back] {
        assert!(codes.iter().all(|code| *code == Code::TranslationFigures), "{codes:?}");
    }
    assert_eq!(there.is_empty(), back.is_empty(), "{english:?} {german:?}");
    there.is_empty()
}

fn same(pairs: &[(&str, &str)]) {
    for (english, german) in pairs {
        assert!(says_the_same(english, german), "{english} / {german}");
    }
}

fn other(pairs: &[(&str, &str)]) {
    for (english, german) in pairs {
        assert!(!says_the_same(english, german), "{english} / {german}");
    }
}

#[test]
fn figures_are_the_same_in_every_language() {
    same(&[
        ("Torque to 12 N·m.", "Mit 12 N·m anziehen."),
        ("Torque to 12 N·m.", "Mit 12 Nm anziehen."),
        ("Put 4 in the rack.", "4 ins Regal legen."),
        ("Cool to -5 °C.", "Auf \u{2212}5 °C kühlen."),
        ("Use IPA-70 and M6.", "IPA-70 und M6 verwenden."),
        ("Type `RUN 7`.", "`RUN 7` eingeben."),
    ]);
    other(&[
        ("Torque to 12 N·m.", "Mit 21 N·m anziehen."),
        ("Torque to 12 N·m.", "Mit 12 kN·m anziehen."),
        ("Torque to 12 N·m.", "Fest anziehen."),
        ("Torque to 12 N·m.", "Mit 12 anziehen."),
        ("Torque firmly.", "Mit 12 N·m anziehen."),
        ("4 bolts, then 4 nuts.", "4 Schrauben, dann Muttern."),
        ("Type `RUN 7`.", "`LAUF 7` eingeben."),
    ]);
}

#[test]
fn a_unit_is_the_same_whether_a_symbol_or_a_word_says_it() {
    same(&[
        ("Wait 20 minutes.", "20 Minuten warten."),
        ("Wait 20 minutes.", "20 min warten."),
        ("Wait 20 SECONDS.", "20 SEKUNDEN warten."),
        ("A 20-minute wait.", "20-minütige Wartezeit."),
        ("Wait for 2 hours and 1 day.", "2 Stunden und 1 Tag lang warten."),
        ("Pump up to 30 psi.", "Auf 30 psi aufpumpen."),
        ("A 3-inch pipe.", "Ein 3-Zoll-Rohr."),
        ("A 3\" pipe.", "Ein 3 Zoll starkes Rohr."),
        ("A 3\" and a 4\" pipe.", "Ein Rohr von 3 Zoll und eines von 4 Zoll."),
        ("Press \"Start 5\".", "„Start 5“ drücken."),
        ("Cut to 5 in.", "Auf 5 Zoll schneiden."),
        ("A 5-mm gap.", "Ein Spalt von 5 mm."),
        ("A 5-mm gap.", "Ein 5mm-Spalt."),
        ("Turn by 90 degrees.", "Um 90° drehen."),
        ("At 20 degrees Celsius.", "Bei 20 °C."),
        ("At 20 degrees C.", "Bei 20 Grad Celsius."),
        ("At 50 percent.", "Bei 50 %."),
        ("A 5% solution.", "5%ige Lösung."),
        ("A 24 V supply.", "Ein 24-V-Netzteil."),
        ("At 3000 revolutions per minute.", "Bei 3000 U/min."),
        ("At 100 1/min.", "Bei 100 rpm."),
        ("At 5 meters per second.", "Mit 5 m/s."),
        ("An area of 12 mm².", "Eine Fläche von 12 mm2."),
        ("5mm×20mm", "5 mm × 20 mm"),
        ("At 20 V±0.5 V.", "Bei 20 V ± 0,5 V."),
        ("A plate of 5 m×3 m.", "Eine Platte von 5 m × 3 m."),
        ("12 newton meters.", "12 Newtonmeter."),
    ]);
    other(&[
        ("Pump up to 30 psi.", "Auf 30 bar aufpumpen."),
        ("Pump up to 30 bar.", "Auf 30 psi aufpumpen."),
        ("Pump up to 30 psi.", "Auf 30 pumpen."),
        ("Wait 20 seconds.", "20 min warten."),
        ("Wait 20 seconds.", "20 Minuten warten."),
        ("Wait 20 s.", "20 Stunden warten."),
        ("Wait 2 weeks.", "2 Tage warten."),
        ("A 3-inch pipe.", "Ein 3-cm-Rohr."),
        ("A 5-mm gap.", "Ein 5-cm-Spalt."),
        ("5mmx20mm", "5mmx20cm"),
        ("At 20 V±0.5 V.", "Bei 20 A±0,5 V."),
        ("At 20 V±0.5 V.", "Bei 20±0,5 V."),
        ("A plate of 5 m×3 m.", "Eine Platte von 5×3 m."),
        ("Set it on 2 V-blocks.", "Auf 2 A-Böcke setzen."),
        ("Turn by 90 degrees.", "Um 90 Umdrehungen drehen."),
        ("At 20 °F.", "Bei 20 °C."),
        ("At 20 °C.", "Bei 20 Grad."),
        ("At 5 m/s.", "Mit 5 m/min."),
        ("At 5 mm per second.", "Mit 5 mm pro Minute."),
        ("An area of 12 mm².", "Eine Fläche von 12 cm²."),
        ("An area of 12 mm².", "Eine Länge von 12 mm."),
        ("A charge of 5 xyZ.", "Eine Ladung von 5 xyW."),
        ("2 turns.", "2 Grad."),
        ("4 pcs.", "4 kg."),
    ]);
}

#[test]
fn an_ordinary_word_behind_a_number_is_no_unit() {
    same(&[
        ("Fit the 3 screws.", "Die 3 Schrauben einsetzen."),
        ("Fit 4 pcs.", "4 Stück einsetzen."),
        ("Fit 4 O-rings.", "4 O-Ringe einsetzen."),
        ("Set it on 2 V-blocks.", "Auf 2 Prismen setzen."),
        ("Bolts 1 to 4.", "Schrauben 1 bis 4."),
        ("Attach 1 tag.", "1 Schild anbringen."),
        ("Use 3 and/or 4.", "3 und/oder 4 verwenden."),
        ("Use 4 M6 screws.", "4 M6-Schrauben verwenden."),
        ("Print 2 A4 sheets.", "2 Blätter A4 drucken."),
        ("Repeat it 3 times.", "3 mal wiederholen."),
        ("The 2 LEDs light up.", "Die 2 Leuchten gehen an."),
    ]);
}

#[test]
fn a_sign_belongs_to_its_number_also_with_a_blank_between() {
    same(&[
        ("Below < 5 N.", "Unter <5 N."),
        ("Within ± 0.2 mm.", "Innerhalb ±0,2 mm."),
        ("Within +/- 0.2 mm.", "Innerhalb ± 0,2 mm."),
        ("Within +/- 0.2 mm.", "Innerhalb +/– 0,2 mm."),
        ("Within ±0.2 mm.", "Innerhalb +/\u{2010}0,2 mm."),
        ("Within ±0.2 mm.", "Innerhalb +/\u{2011}0,2 mm."),
        ("Within +-0.2 mm.", "Innerhalb +/\u{2212}0,2 mm."),
        ("Turn to 5 +0.1/-0.2 mm.", "Auf 5 +0,1/\u{2212}0,2 mm drehen."),
        ("At most <= 3 N.", "Höchstens ≤ 3 N."),
        ("Cool to - 5 °C.", "Auf –5 °C kühlen."),
        ("Cool to -5 °C.", "Auf \u{2212} 5 °C kühlen."),
        ("From 10 - 20 mm.", "Von 10–20 mm."),
        ("From 10 mm - 20 mm.", "Von 10 mm bis 20 mm."),
        ("Bore 25 + 0.5 mm.", "Bohrung 25 +0,5 mm."),
        ("Menu -> 5", "Menü → 5"),
        ("Use IPA - 70.", "IPA - 70 verwenden."),
    ]);
    other(&[
        ("Below < 5 N.", "Unter 5 N."),
        ("Below < 5 N.", "Über > 5 N."),
        ("Within ± 0.2 mm.", "Innerhalb 0,2 mm."),
        ("Within +/- 0.2 mm.", "Innerhalb 0,2 mm."),
        ("Within ±2 mm.", "Innerhalb 2 mm."),
        ("Within +/– 0.2 mm.", "Innerhalb – 0,2 mm."),
        ("Turn to 5 +0.1/-0.2 mm.", "Auf 5 +0,1/+0,2 mm drehen."),
        ("Turn to 5 +0.1/-0.2 mm.", "Auf 5 +0,1/0,2 mm drehen."),
        ("Cool to - 5 °C.", "Auf 5 °C kühlen."),
        ("Cool to –5 °C.", "Auf 5 °C kühlen."),
        ("Cool to \u{2212}5 °C.", "Auf 5 °C kühlen."),
        ("Cool to -5 °C.", "Auf 5 °C kühlen."),
        ("From 10 °C to -20 °C.", "Von 10 °C bis 20 °C."),
        ("Bore 25 + 0.5 mm.", "Bohrung 25 - 0,5 mm."),
        ("Heat to 180 °C + 10 °C.", "Auf 180 °C - 10 °C erhitzen."),
        ("A factor of 10⁻³.", "Ein Faktor von 10³."),
    ]);
}

#[test]
fn numbers_of_one_unit_keep_their_order() {
    same(&[
        ("Press 12 N for 5 s.", "5 s lang mit 12 N drücken."),
        ("Press 5 N for 3 s, then 12 N for 4 s.", "Für 3 s 5 N, dann für 4 s 12 N drücken."),
        ("Wait 5 s. Then press with 5 N.", "Mit 5 N drücken, aber erst nach 5 s."),
        ("5 before 3.", "5 vor 3."),
    ]);
    other(&[
        ("From 10 mm to 20 mm.", "Von 20 mm bis 10 mm."),
        ("10 to 20 mm.", "20 bis 10 mm."),
        ("5 before 3.", "3 vor 5."),
        ("First 5 N, then 12 N.", "Zuerst 12 N, dann 5 N."),
        ("Inside 5 N. Outside 12 N.", "Innen 12 N. Außen 5 N."),
        ("5 N for 3 s, 12 N for 4 s.", "5 N für 4 s, 12 N für 3 s."),
        ("4 bolts with 12 N.", "12 Schrauben mit 4 N."),
    ]);
}

#[test]
fn items_and_cells_are_compared_with_their_own() {
    assert!(says_the_same("- 5 N\n- 12 N", "- 5 N\n- 12 N"));
    assert!(!says_the_same("- 5 N\n- 12 N", "- 12 N\n- 5 N"));
    let table = |a: &str, b: &str| format!("| a | b |\n|---|---|\n| {a} | {b} |");
    assert!(!says_the_same(&table("1 mm", "2 mm"), &table("2 mm", "1 mm")));
}

#[test]
fn decimals_and_thousands_are_read_as_the_language_writes_them() {
    same(&[
        ("A gap of 0.05 mm at most.", "Höchstens 0,05 mm Spalt."),
        ("A seat of 19.000 mm.", "Ein Sitz von 19,000 mm."),
        ("At most 1,250 N.", "Höchstens 1.250 N."),
        ("At most 1,250.5 N.", "Höchstens 1.250,5 N."),
        ("At most 1,250,000.5 N.", "Höchstens 1.250.000,5 N."),
        ("At most 12,500 N.", "Höchstens 12\u{202f}500 N."),
        ("At most 12,500.25 N.", "Höchstens 12'500,25 N."),
        ("See 1.2.3 and 24.12.2025.", "Siehe 1.2.3 und 24.12.2025."),
        ("A mass of 0.125 kg.", "Eine Masse von 0,125 kg."),
    ]);
    other(&[
        ("A gap of 0.05 mm at most.", "Höchstens 0,5 mm Spalt."),
        ("A seat of 19.000 mm.", "Ein Sitz von 19.000 mm."),
        ("A seat of 19.995 mm.", "Ein Sitz von 19.995 mm."),
        ("At most 1,250 N.", "Höchstens 1,250 N."),
        ("At most 1,250 N.", "Höchstens 1,25 N."),
        ("At most 1,250.5 N.", "Höchstens 1,2505 N."),
        ("A length of 5.0 mm.", "Eine Länge von 5 mm."),
        ("See 1.2.3.", "Siehe 1.2.4."),
    ]);
}

#[test]
fn a_unit_in_words_that_are_not_known_is_warned_of_and_a_symbol_never_is() {
    let spanish = |english: &str, spanish: &str| found(("en", english), ("es", spanish));
    assert_eq!(spanish("Wait 20 minutes.", "Esperar 20 min."), []);
    assert_eq!(spanish("Wait 20 minutes.", "Esperar 20 minutos."), [Code::TranslationUnit]);
    assert_eq!(spanish("Wait 20 minutes.", "Esperar 20 s."), [Code::TranslationFigures]);
    assert_eq!(spanish("Press with 12 N now.", "Ahora 12 veces."), [Code::TranslationFigures]);
    assert_eq!(spanish("Fit the 3 screws.", "Montar los 3 tornillos."), []);
    let back = found(("es", "Esperar 20 minutos."), ("en", "Wait 20 minutes."));
    assert_eq!(back, [Code::TranslationUnit]);
    // Welsh writes a decimal point, as English does.
    assert_eq!(
        found(("en", "Up to 1,250 N."), ("cy", "Hyd at 1.250 N.")),
        [Code::TranslationFigures]
    );
}
