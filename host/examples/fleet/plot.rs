//! What the server meets over time, and how many devices are registered, a line for each strategy.

use std::fs;
use std::ops::Range;
use std::path::Path;

use plotters::coord::Shift;
use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, Pos, VPos};

use crate::course::{Course, Second};
use crate::picture::{self, COLORS, FADED, FONT, INK, LINE, Outcome, Picture, RULE, SHADE};
use crate::scenario::Scenario;
use crate::table;

/// Into `fleet.svg` and `fleet.png` in a folder.
pub fn draw(
    folder: &Path,
    font: Option<&Path>,
    scenario: &Scenario,
    results: &[(String, Course)],
) -> Result<(), String> {
    fs::create_dir_all(folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    let fleet = Fleet { scenario, results };
    for file in ["fleet.svg", "fleet.png"] {
        picture::save(&fleet, SIZE, &folder.join(file), font)?;
    }
    Ok(())
}

struct Fleet<'r> {
    scenario: &'r Scenario,
    results: &'r [(String, Course)],
}

impl Picture for Fleet<'_> {
    fn draw<B: DrawingBackend>(&self, area: &DrawingArea<B, Shift>) -> Outcome
    where
        B::ErrorType: 'static,
    {
        let title = TextStyle::from((FONT, 20)).color(&INK);
        area.draw(&Text::new(table::title(self.scenario), (20, 14), title))?;
        let (upper, lower) = area
            .margin(44, 0, 0, 0)
            .split_vertically(SIZE.1 as i32 / 2 - 30);
        self.draw_requests(&upper)?;
        self.draw_registered(&lower)
    }
}

impl Fleet<'_> {
    /// The busiest second of each bin, in a logarithmic scale.
    fn draw_requests<B: DrawingBackend>(&self, area: &DrawingArea<B, Shift>) -> Outcome
    where
        B::ErrorType: 'static,
    {
        let peaks = self.results.iter().map(|(_, course)| {
            let all = course.seconds().iter();
            all.map(|second| second.requests).max().unwrap_or_default()
        });
        let most = 2.0 * f64::from(peaks.max().unwrap_or_default().max(10));
        let mut chart =
            builder(area).build_cartesian_2d(self.minutes(), (1.0..most).log_scale())?;
        let shade = Rectangle::new([(self.minutes().start, 1.0), (0.0, most)], SHADE.filled());
        chart.draw_series([shade])?;
        chart
            .configure_mesh()
            .disable_x_mesh()
            .max_light_lines(0)
            .bold_line_style(RULE)
            .axis_style(INK)
            .label_style(text())
            .axis_desc_style(text())
            .x_desc("minutes after the outage")
            .y_desc("requests in the busiest second")
            .x_label_formatter(&|minute| format!("{minute:.0}"))
            .y_label_formatter(&|count| format!("{count:.0}"))
            .draw()?;
        for ((_, course), color) in self.results.iter().zip(COLORS) {
            let points = self.bins(course, |bin| {
                let most = bin.iter().map(|second| second.requests).max();
                f64::from(most.unwrap_or_default().max(1))
            });
            chart.draw_series(LineSeries::new(points, color.stroke_width(2)))?;
        }
        if let Some(capacity) = self.scenario.server.capacity.map(f64::from) {
            let ends = [self.minutes().start, self.minutes().end];
            let line = ends.map(|minute| (minute, capacity));
            chart.draw_series(DashedLineSeries::new(line, 6, 4, INK.into()))?;
        }
        let place = |x, y| {
            let (x, y) = chart.backend_coord(&(x, y));
            (x, y - area.get_base_pixel().1)
        };
        let small = TextStyle::from((FONT, 14)).color(&FADED);
        let (x, y) = place(self.minutes().start, most);
        area.draw(&Text::new("outage", (x + 4, y + 4), small))?;
        if let Some(capacity) = self.scenario.server.capacity {
            let (x, y) = place(self.minutes().end, capacity.into());
            let style = text().pos(Pos::new(HPos::Left, VPos::Center));
            area.draw(&Text::new(
                format!("the server's {capacity}"),
                (x + 8, y),
                style,
            ))?;
        }
        // The names stand once, in the order of the table.
        let (x, y) = place(self.minutes().end, most);
        for (index, (name, course)) in self.results.iter().enumerate() {
            let peak = course.figures(self.scenario).peak;
            let place = (x + 8, y + 8 + LINE * index as i32);
            let style = text().color(&COLORS[index]);
            area.draw(&Text::new(format!("{name} ({peak})"), place, style))?;
        }
        Ok(())
    }

    fn draw_registered<B: DrawingBackend>(&self, area: &DrawingArea<B, Shift>) -> Outcome
    where
        B::ErrorType: 'static,
    {
        let mut chart = builder(area).build_cartesian_2d(self.minutes(), 0.0..102.0)?;
        let shade = Rectangle::new([(self.minutes().start, 0.0), (0.0, 102.0)], SHADE.filled());
        chart.draw_series([shade])?;
        chart
            .configure_mesh()
            .disable_x_mesh()
            .max_light_lines(0)
            .bold_line_style(RULE)
            .axis_style(INK)
            .label_style(text())
            .axis_desc_style(text())
            .x_desc("minutes after the outage")
            .y_desc("% of the devices registered")
            .x_label_formatter(&|minute| format!("{minute:.0}"))
            .y_label_formatter(&|share| format!("{share:.0}"))
            .draw()?;
        let devices = f64::from(self.scenario.devices);
        for ((_, course), color) in self.results.iter().zip(COLORS) {
            let points = self.bins(course, |bin| {
                let last = bin.last().map_or(0, |second| second.registered);
                f64::from(last) / devices * 100.0
            });
            chart.draw_series(LineSeries::new(points, color.stroke_width(2)))?;
        }
        let (x, y) = chart.backend_coord(&(self.minutes().end, 100.0));
        let y = y - area.get_base_pixel().1;
        for (index, (name, course)) in self.results.iter().enumerate() {
            let after = course.figures(self.scenario).registered_after;
            let after = after.map_or_else(|| "later".to_owned(), table::minutes);
            let place = (x + 8, y + LINE * index as i32);
            let style = text().color(&COLORS[index]);
            area.draw(&Text::new(format!("{name} (99 %: {after})"), place, style))?;
        }
        Ok(())
    }

    /// The axis of time: from the outage's last half hour on, since before that it is all the same.
    fn minutes(&self) -> Range<f64> {
        -f64::from(self.lead()) / 60.0..f64::from(self.scenario.watch) / 60.0
    }

    /// Seconds of the outage that are shown.
    fn lead(&self) -> u32 {
        self.scenario.outage.min(1800)
    }

    /// A point at the end of each bin of time. A bin begins where the outage ends.
    fn bins(&self, course: &Course, of: impl Fn(&[Second]) -> f64) -> Vec<(f64, f64)> {
        let (before, after) = course.seconds().split_at(self.scenario.outage as usize);
        let before = &before[before.len() - self.lead() as usize..];
        let width = (before.len() + after.len()).div_ceil(POINTS);
        let bins = before.rchunks(width).rev().chain(after.chunks(width));
        let first = before.len().div_ceil(width);
        let minute = |bin: usize| (bin as f64 + 1.0 - first as f64) * width as f64 / 60.0;
        bins.enumerate()
            .map(|(bin, seconds)| (minute(bin).min(self.minutes().end), of(seconds)))
            .collect()
    }
}

fn builder<'a, 'b, B: DrawingBackend>(area: &'a DrawingArea<B, Shift>) -> ChartBuilder<'a, 'b, B> {
    let mut builder = ChartBuilder::on(area);
    builder
        .margin_left(10)
        .margin_right(LABELS)
        .margin_bottom(10)
        .x_label_area_size(48)
        .y_label_area_size(92);
    builder
}

fn text() -> TextStyle<'static> {
    TextStyle::from((FONT, 16)).color(&INK)
}

/// Of a line, at most.
const POINTS: usize = 240;

/// Pixels.
const SIZE: (u32, u32) = (1200, 900);

/// The room for the names, in pixels.
const LABELS: u32 = 400;
