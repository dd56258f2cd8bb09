//! Themes: what is read, what can be read on its ground, and what stays apart for whom.

use gemba::ui::palette::{CONSOLE, Rgb, XTERM, contrast, luminance, rgb};
use gemba::ui::terminal_kind::ColorLevel;
use gemba::ui::theme::{Ground, Role, Theme};
use gemba::ui::themes::Themes;
use ratatui::style::{Color, Modifier};

const LEVELS: [ColorLevel; 2] = [ColorLevel::Palette256, ColorLevel::Sixteen];
const ROLES: [Role; 9] = [
    Role::Plain,
    Role::Title,
    Role::Accent,
    Role::Focus,
    Role::Muted,
    Role::Ok,
    Role::Warn,
    Role::Fail,
    Role::Hold,
];
/// Roles that say how something stands.
const STATES: [Role; 4] = [Role::Ok, Role::Warn, Role::Fail, Role::Hold];

fn at(level: ColorLevel) -> Themes {
    Themes::with(Vec::new(), level)
}

fn colors(theme: &Theme) -> impl Iterator<Item = (Role, u8)> + '_ {
    let color = |role| match theme.style(role).fg {
        Some(Color::Indexed(number)) => Some((role, number)),
        other => {
            assert_eq!(other, None, "a color by its number");
            None
        }
    };
    ROLES.into_iter().filter_map(color)
}

#[test]
fn the_contrast_of_two_colors_is_that_of_the_guidelines() {
    let close = |one: f64, other: f64| (one - other).abs() < 0.005;
    assert!(close(contrast([0; 3], [255; 3]), 21.0));
    // The usual examples of the guidelines: the last gray on white that passes, and the first that fails.
    assert!(
        close(contrast([0x76; 3], [255; 3]), 4.54) && close(contrast([0x77; 3], [255; 3]), 4.48)
    );
    assert!(close(luminance([255, 0, 0]), 0.2126) && close(luminance([0, 0, 255]), 0.0722));
    assert_eq!(
        (rgb(16, &XTERM), rgb(196, &XTERM), rgb(246, &XTERM)),
        ([0; 3], [255, 0, 0], [148; 3])
    );
}

#[test]
fn every_embedded_theme_is_there_by_its_name_on_every_terminal() {
    for level in [ColorLevel::Palette256, ColorLevel::Sixteen, ColorLevel::Mono] {
        let names = "dark, light, high-contrast, color-blind, 16-color, mono";
        assert_eq!(at(level).names(), names);
    }
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/themes");
    assert_eq!(std::fs::read_dir(folder).unwrap().count(), at(ColorLevel::Mono).all().len());
}

#[test]
fn every_color_of_a_theme_can_be_read_on_its_ground() {
    for (level, sixteen) in LEVELS.into_iter().flat_map(|level| [(level, XTERM), (level, CONSOLE)])
    {
        for theme in at(level).all() {
            assert_eq!(theme.faint(&sixteen), Vec::new(), "{} at {level:?}", theme.name);
            let least = if theme.name == "high-contrast" { 7.0 } else { 4.5 };
            assert!(theme.contrast >= least, "{} promises {}", theme.name, theme.contrast);
        }
    }
    let themes = at(ColorLevel::Palette256);
    let ground = |name: &str| themes.named(name).unwrap().ground;
    assert_eq!((ground("dark"), ground("light")), (Ground::Black, Ground::White));
}

#[test]
fn what_is_hardly_to_be_read_is_told_with_its_contrast() {
    let text = "name = \"dim\"\nground = \"black\"\n[roles]\nmuted = { color = \"dark-gray\" }\n\
        fail = { color = \"red\" }\nok = { color = \"green\" }\n";
    let dim = Theme::parse(text).unwrap();
    let roles = |sixteen| dim.faint(sixteen).iter().map(|(role, _)| *role).collect::<Vec<_>>();
    assert_eq!(roles(&XTERM), [Role::Fail]);
    assert_eq!(roles(&CONSOLE), [Role::Muted, Role::Fail]);
    let bold =
        text.replace("\"red\"", "\"magenta\", attributes = [\"bold\"]").replace("black", "white");
    let bold = Theme::parse(&bold).unwrap();
    assert!(bold.faint(&XTERM).iter().any(|(role, has)| *role == Role::Fail && *has < 3.2));
}

#[test]
fn a_terminal_of_sixteen_colors_is_sent_no_other_and_one_without_colors_none() {
    for theme in at(ColorLevel::Sixteen).all() {
        assert!(colors(theme).all(|(_, number)| number < 16), "{}", theme.name);
    }
    for theme in at(ColorLevel::Mono).all() {
        assert_eq!(colors(theme).count(), 0, "{}", theme.name);
    }
    let sixteen = at(ColorLevel::Palette256);
    assert!(colors(sixteen.named("16-color").unwrap()).all(|(_, number)| number < 16));
}

#[test]
fn where_there_are_no_colors_nobody_gets_another_theme_than_mono() {
    let themes = at(ColorLevel::Mono).beginning_with("light").unwrap();
    assert_eq!(themes.usual().name, "mono");
    assert_eq!(themes.chosen("light").unwrap().name, "mono");
    let themes = at(ColorLevel::Sixteen);
    assert_eq!(themes.usual().name, "dark");
    assert_eq!(themes.chosen("light").unwrap().name, "light");
    assert_eq!(themes.chosen("pink"), None);
    assert!(themes.beginning_with("pink").is_none());
}

/// How people see who have none of one kind of cone: linear RGB by a matrix, severity 1.0, of G. M.
/// Machado, M. M. Oliveira, L. A. F. Fernandes, "A Physiologically-based Model for Simulation of Color
/// Vision Deficiency", IEEE Transactions on Visualization and Computer Graphics 15 (2009) 1291-1298.
const SEEN_BY: [(&str, [[f64; 3]; 3]); 4] = [
    ("whoever sees all", [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]]),
    (
        "protanopia",
        [
            [0.152_286, 1.052_583, -0.204_868],
            [0.114_503, 0.786_281, 0.099_216],
            [-0.003_882, -0.048_116, 1.051_998],
        ],
    ),
    (
        "deuteranopia",
        [
            [0.367_322, 0.860_646, -0.227_968],
            [0.280_085, 0.672_501, 0.047_413],
            [-0.011_820, 0.042_940, 0.968_881],
        ],
    ),
    (
        "tritanopia",
        [
            [1.255_528, -0.076_749, -0.178_779],
            [-0.078_411, 0.930_809, 0.147_602],
            [0.004_733, 0.691_367, 0.303_900],
        ],
    ),
];
/// The color difference (CIE 1976) from which on two colors are not taken for one another side by side
/// or apart; one is about the least that is seen at all.
const APART_MIN: f64 = 25.0;

/// A color in CIE 1976 L*a*b* under D65, as somebody sees it.
fn lab(color: Rgb, seen: &[[f64; 3]; 3]) -> [f64; 3] {
    let linear = color.map(|part| luminance([part; 3]));
    let dot = |row: &[f64; 3], of: [f64; 3]| row.iter().zip(of).map(|(a, b)| a * b).sum::<f64>();
    let seen = [0, 1, 2].map(|n: usize| dot(&seen[n], linear).clamp(0.0, 1.0));
    let xyz = [
        dot(&[0.412_456, 0.357_576, 0.180_438], seen) / 0.950_47,
        dot(&[0.212_673, 0.715_152, 0.072_175], seen),
        dot(&[0.019_334, 0.119_192, 0.950_304], seen) / 1.088_83,
    ];
    let [x, y, z] =
        xyz.map(
            |t: f64| {
                if t > 216.0 / 24_389.0 { t.cbrt() } else { (24_389.0 / 27.0 * t + 16.0) / 116.0 }
            },
        );
    [116.0 * y - 16.0, 500.0 * (x - y), 200.0 * (y - z)]
}

fn apart(one: Rgb, other: Rgb, seen: &[[f64; 3]; 3]) -> f64 {
    let (one, other) = (lab(one, seen), lab(other, seen));
    one.iter().zip(other).map(|(a, b)| (a - b).powi(2)).sum::<f64>().sqrt()
}

#[test]
fn the_states_stay_apart_for_whoever_sees_two_colors_as_one() {
    for (level, sixteen) in LEVELS.into_iter().flat_map(|level| [(level, XTERM), (level, CONSOLE)])
    {
        let themes = at(level);
        let theme = themes.named("color-blind").unwrap();
        let colors: Vec<(Role, u8)> =
            colors(theme).filter(|(role, _)| STATES.contains(role)).collect();
        assert_eq!(colors.len(), STATES.len());
        for (who, seen) in &SEEN_BY {
            for (n, (role, color)) in colors.iter().enumerate() {
                for (other, beside) in &colors[..n] {
                    let far = apart(rgb(*color, &sixteen), rgb(*beside, &sixteen), seen);
                    assert!(
                        far >= APART_MIN,
                        "{role} and {other} for {who} at {level:?}: {far:.1}"
                    );
                }
            }
        }
    }
}

#[test]
fn the_usual_red_and_green_would_not_stay_apart() {
    // That the measure can fail: the pair of a traffic light.
    let (_, seen) = &SEEN_BY[2];
    assert!(apart(rgb(2, &CONSOLE), rgb(208, &XTERM), seen) < APART_MIN);
}

#[test]
fn failing_and_held_stand_out_without_any_color() {
    for theme in at(ColorLevel::Mono).all() {
        let strong = Modifier::BOLD | Modifier::REVERSED;
        for role in [Role::Fail, Role::Hold] {
            assert!(
                theme.style(role).add_modifier.intersects(strong),
                "{} of {}",
                role,
                theme.name
            );
        }
    }
}

#[test]
fn a_theme_that_is_none_says_where_and_why() {
    for (text, where_and_why) in [
        ("name = 1", "line 1, column 8: invalid type: integer `1`, expected a string"),
        (
            "name = \"x\"\nground = \"black\"\n[roles]\nok = { color = \"greeen\" }\n",
            "line 4, column 16: no color is \"greeen\": black, red, green",
        ),
        (
            "name = \"x\"\nground = \"black\"\n[roles]\nok = { color = 256 }\n",
            "line 4, column 16: no color is 256: ",
        ),
        (
            "name = \"x\"\nground = \"black\"\n[roles]\nok = { color = 36 }\n",
            "line 4, column 6: a color from 16 on says what stands for it",
        ),
        (
            "name = \"x\"\nground = \"black\"\n[roles]\nok = { color = 36, sixteen = 40 }\n",
            "line 4, column 6: sixteen: a color of the sixteen, or",
        ),
        (
            "name = \"x\"\nground = \"black\"\n[roles]\nokay = {}\n",
            "line 4, column 1: unknown variant",
        ),
        ("name = \"X y\"\nground = \"black\"\n[roles]\n", "line 1, column 8: a name has 1 to 24"),
        ("name = \"x\"\nground = \"pink\"\n[roles]\n", "line 2, column 10: unknown variant `pink`"),
        ("ground = \"black\"\n[roles]\n", "line 1, column 1: missing field `name`"),
    ] {
        let said = Theme::parse(text).unwrap_err().to_string();
        assert!(said.starts_with(where_and_why), "{said}");
    }
}

#[test]
fn a_theme_of_the_site_comes_before_one_of_the_same_name() {
    let of = |name: &str| {
        let text = format!(
            "name = \"{name}\"\nground = \"white\"\n[roles]\nok = {{ color = \"blue\" }}\n"
        );
        Theme::parse(&text).unwrap()
    };
    let themes = Themes::with(vec![of("dark"), of("harbor")], ColorLevel::Palette256);
    assert_eq!(themes.usual().ground, Ground::White);
    assert_eq!(themes.names(), "dark, light, high-contrast, color-blind, 16-color, mono, harbor");
    assert_eq!(themes.named("harbor").unwrap().style(Role::Ok).fg, Some(Color::Indexed(4)));
}
