//! What adds up over the days, as a picture: bytes and hours awake, a line for each candidate.

use std::path::Path;

use client_lite::Instant;
use plotters::coord::Shift;
use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, Pos, VPos};

use crate::field::Results;
use crate::picture::{self, COLORS, FADED, FONT, INK, LINE, Outcome, Picture, RULE, SHADE};
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
    let month = Month { scenario, results };
    picture::save(&month, SIZE, file, font)
}

struct Month<'r> {
    scenario: &'r Scenario,
    results: &'r [(&'r str, Results)],
}

impl Picture for Month<'_> {
    fn draw<B: DrawingBackend>(&self, area: &DrawingArea<B, Shift>) -> Outcome
    where
        B::ErrorType: 'static,
    {
        let Self { scenario, results } = self;
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
        })
    }
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

fn day(at: Instant) -> f64 {
    at.as_millis() as f64 / f64::from(DAY) / 1000.0
}

/// Of a line, at most.
const POINTS: usize = 240;

/// Pixels.
const SIZE: (u32, u32) = (1200, 900);

/// The room for the names, in pixels.
const LABELS: u32 = 400;
