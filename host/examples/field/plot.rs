//! What adds up over the days, as a picture: bytes and hours awake, a line for each candidate.

use std::error::Error;
use std::fs::{self, File};
use std::io::BufWriter;
use std::path::Path;

use client_lite::Instant;
use plotters::coord::Shift;
use plotters::prelude::*;
use plotters::style::register_font;
use plotters::style::text_anchor::{HPos, Pos, VPos};

use crate::field::Results;
use crate::radio::Used;
use crate::scenario::{DAY, Scenario};
use crate::table;

/// Into a file that ends in `.svg` or `.png`.
pub fn draw(
    file: &Path,
    font: Option<&Path>,
    scenario: &Scenario,
    results: &[(&str, Results)],
) -> Result<(), String> {
    load(font)?;
    let is_bitmap = file.extension().is_some_and(|extension| extension == "png");
    let drawn = match is_bitmap {
        true => draw_bitmap(file, scenario, results),
        false => draw_all(SVGBackend::new(file, SIZE), scenario, results),
    };
    drawn.map_err(|error| format!("cannot draw {}: {error}", file.display()))
}

fn draw_bitmap(file: &Path, scenario: &Scenario, results: &[(&str, Results)]) -> Outcome {
    let mut pixels = vec![0; SIZE.0 as usize * SIZE.1 as usize * 3];
    draw_all(
        BitMapBackend::with_buffer(&mut pixels, SIZE),
        scenario,
        results,
    )?;
    let mut encoder = png::Encoder::new(BufWriter::new(File::create(file)?), SIZE.0, SIZE.1);
    encoder.set_color(png::ColorType::Rgb);
    Ok(encoder.write_header()?.write_image_data(&pixels)?)
}

fn draw_all<B: DrawingBackend>(
    backend: B,
    scenario: &Scenario,
    results: &[(&str, Results)],
) -> Outcome
where
    B::ErrorType: 'static,
{
    let area = backend.into_drawing_area();
    area.fill(&WHITE)?;
    let title = TextStyle::from((FONT, 20)).color(&INK);
    area.draw(&Text::new(table::title(scenario), (20, 14), title))?;
    let (upper, lower) = area
        .margin(44, 0, 0, 0)
        .split_vertically(SIZE.1 as i32 / 2 - 30);
    draw_panel(&upper, "kB of UDP payload", scenario, results, |used| {
        used.bytes as f64 / 1000.0
    })?;
    draw_panel(&lower, "hours awake", scenario, results, |used| {
        used.awake as f64 / 3_600_000.0
    })?;
    area.present()?;
    Ok(())
}

fn draw_panel<B: DrawingBackend>(
    area: &DrawingArea<B, Shift>,
    what: &str,
    scenario: &Scenario,
    results: &[(&str, Results)],
    amount: impl Fn(&Used) -> f64,
) -> Outcome
where
    B::ErrorType: 'static,
{
    let days = f64::from(scenario.days);
    let ends: Vec<_> = results
        .iter()
        .map(|(_, results)| amount(&results.used))
        .collect();
    let most = ends.iter().copied().fold(0.0, f64::max) * 1.05;
    let decimals = usize::from(most < 10.0);
    let mut chart = ChartBuilder::on(area)
        .margin_left(10)
        .margin_right(LABELS)
        .margin_bottom(10)
        .x_label_area_size(48)
        .y_label_area_size(72)
        .build_cartesian_2d(0.0..days, 0.0..most)?;
    let outage = scenario.outage();
    let from = day(outage.start).min(days);
    let until = day(outage.end).min(days);
    chart.draw_series([Rectangle::new([(from, 0.0), (until, most)], SHADE.filled())])?;
    let text = TextStyle::from((FONT, 16)).color(&INK);
    chart
        .configure_mesh()
        .disable_x_mesh()
        .max_light_lines(0)
        .bold_line_style(RULE)
        .axis_style(INK)
        .label_style(text.clone())
        .axis_desc_style(text.clone())
        .x_desc("days")
        .y_desc(what)
        .x_label_formatter(&|day| format!("{day:.0}"))
        .y_label_formatter(&|amount| format!("{amount:.decimals$}"))
        .draw()?;
    for reboot in scenario.reboots() {
        let x = day(reboot);
        chart.draw_series(DashedLineSeries::new(
            [(x, 0.0), (x, most)],
            4,
            4,
            FADED.into(),
        ))?;
    }
    for ((_, results), color) in results.iter().zip(COLORS) {
        let course = results.course.iter();
        let course = course.step_by(results.course.len().div_ceil(POINTS));
        let course = course.map(|(at, used)| (day(*at), amount(used)));
        let end = [(days, amount(&results.used))];
        chart.draw_series(LineSeries::new(course.chain(end), color.stroke_width(2)))?;
    }
    let place = |x, y| {
        let (x, y) = chart.backend_coord(&(x, y));
        (x, y - area.get_base_pixel().1)
    };
    let small = TextStyle::from((FONT, 14)).color(&FADED);
    let reboot = scenario.reboots().next().map(|at| ("reboot", day(at)));
    for (event, at) in [("outage", from)].into_iter().chain(reboot) {
        let (x, y) = place(at, most);
        area.draw(&Text::new(event, (x + 4, y + 4), small.clone()))?;
    }
    let heights: Vec<_> = ends.iter().map(|end| place(days, *end).1).collect();
    let (x, bottom) = place(days, 0.0);
    for (index, height) in spread(&heights, bottom).into_iter().enumerate() {
        let label = format!("{} ({:.1})", results[index].0, ends[index]);
        let style = text
            .color(&COLORS[index])
            .pos(Pos::new(HPos::Left, VPos::Center));
        area.draw(&Text::new(label, (x + 8, height), style))?;
    }
    Ok(())
}

/// The same heights, so far apart that lines of text do not touch, and none below the bottom.
fn spread(heights: &[i32], bottom: i32) -> Vec<i32> {
    let mut order: Vec<_> = (0..heights.len()).collect();
    order.sort_by_key(|index| heights[*index]);
    let mut spread = heights.to_vec();
    let mut highest = 0;
    for index in &order {
        spread[*index] = heights[*index].max(highest);
        highest = spread[*index] + LINE;
    }
    let mut lowest = bottom;
    for index in order.iter().rev() {
        spread[*index] = spread[*index].min(lowest);
        lowest = spread[*index] - LINE;
    }
    spread
}

/// The font that all texts have.
fn load(font: Option<&Path>) -> Result<(), String> {
    let found = FONTS.iter().map(Path::new).find(|path| path.exists());
    let path = font
        .or(found)
        .ok_or("no font is where they usually are: name a TrueType font by --font")?;
    let bytes = fs::read(path).map_err(|error| format!("{}: {error}", path.display()))?;
    register_font(FONT, FontStyle::Normal, bytes.leak())
        .map_err(|_| format!("{} is not a TrueType font", path.display()))
}

fn day(at: Instant) -> f64 {
    at.as_millis() as f64 / f64::from(DAY) / 1000.0
}

type Outcome = Result<(), Box<dyn Error>>;

/// Of a line, at most.
const POINTS: usize = 240;

/// Pixels.
const SIZE: (u32, u32) = (1200, 900);

/// The room for the names, and from one to the next.
const LABELS: u32 = 400;
const LINE: i32 = 19;

const FONT: &str = "sans-serif";

const FONTS: [&str; 5] = [
    "/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf",
    "/usr/share/fonts/TTF/DejaVuSans.ttf",
    "/usr/share/fonts/truetype/liberation2/LiberationSans-Regular.ttf",
    "/System/Library/Fonts/Supplemental/Arial.ttf",
    "C:/Windows/Fonts/arial.ttf",
];

const INK: RGBColor = RGBColor(40, 40, 40);
const FADED: RGBColor = RGBColor(130, 130, 130);
const RULE: RGBColor = RGBColor(225, 225, 225);
const SHADE: RGBColor = RGBColor(240, 236, 226);

/// Of the candidates, in their order: blues and greens, then reds and oranges.
const COLORS: [RGBColor; 8] = [
    RGBColor(0, 70, 160),
    RGBColor(60, 140, 220),
    RGBColor(120, 120, 120),
    RGBColor(0, 130, 110),
    RGBColor(225, 120, 0),
    RGBColor(190, 150, 0),
    RGBColor(200, 40, 40),
    RGBColor(140, 50, 130),
];
