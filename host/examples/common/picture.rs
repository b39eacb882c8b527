//! A picture in a file, and what all pictures have in common: fonts and colours.

use std::error::Error;
use std::fs::{self, File};
use std::io::BufWriter;
use std::path::Path;

use plotters::coord::Shift;
use plotters::prelude::*;
use plotters::style::register_font;

/// What can be drawn, whatever the format.
pub trait Picture {
    fn draw<B: DrawingBackend>(&self, area: &DrawingArea<B, Shift>) -> Outcome
    where
        B::ErrorType: 'static;
}

pub type Outcome = Result<(), Box<dyn Error>>;

/// Draws into a file that ends in `.svg` or `.png`, of this size in pixels, with a TrueType font or the
/// first one that is where fonts usually are.
pub fn save(
    picture: &impl Picture,
    size: (u32, u32),
    file: &Path,
    font: Option<&Path>,
) -> Result<(), String> {
    load(font)?;
    let is_bitmap = file.extension().is_some_and(|extension| extension == "png");
    let drawn = match is_bitmap {
        true => draw_bitmap(picture, size, file),
        false => draw_on(picture, SVGBackend::new(file, size)),
    };
    drawn.map_err(|error| format!("cannot draw {}: {error}", file.display()))
}

fn draw_bitmap(picture: &impl Picture, size: (u32, u32), file: &Path) -> Outcome {
    let mut pixels = vec![0; size.0 as usize * size.1 as usize * 3];
    draw_on(picture, BitMapBackend::with_buffer(&mut pixels, size))?;
    // Sixteen shades of red, green and blue are enough, and pack better than all of them.
    for shade in &mut pixels {
        *shade = shade.saturating_add(8) / 17 * 17;
    }
    let mut encoder = png::Encoder::new(BufWriter::new(File::create(file)?), size.0, size.1);
    encoder.set_color(png::ColorType::Rgb);
    encoder.set_deflate_compression(png::DeflateCompression::Level(9));
    encoder.set_filter(png::Filter::NoFilter);
    Ok(encoder.write_header()?.write_image_data(&pixels)?)
}

fn draw_on<B: DrawingBackend>(picture: &impl Picture, backend: B) -> Outcome
where
    B::ErrorType: 'static,
{
    let area = backend.into_drawing_area();
    area.fill(&WHITE)?;
    picture.draw(&area)?;
    Ok(area.present()?)
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

pub const FONT: &str = "sans-serif";

const FONTS: [&str; 5] = [
    "/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf",
    "/usr/share/fonts/TTF/DejaVuSans.ttf",
    "/usr/share/fonts/truetype/liberation2/LiberationSans-Regular.ttf",
    "/System/Library/Fonts/Supplemental/Arial.ttf",
    "C:/Windows/Fonts/arial.ttf",
];

/// From one line of text to the next, in pixels.
pub const LINE: i32 = 19;

pub const INK: RGBColor = RGBColor(40, 40, 40);
pub const FADED: RGBColor = RGBColor(130, 130, 130);
pub const RULE: RGBColor = RGBColor(225, 225, 225);
pub const SHADE: RGBColor = RGBColor(240, 236, 226);

/// Of the lines, in their order: blues and greens, then reds and oranges.
pub const COLORS: [RGBColor; 8] = [
    RGBColor(0, 70, 160),
    RGBColor(60, 140, 220),
    RGBColor(120, 120, 120),
    RGBColor(0, 130, 110),
    RGBColor(225, 120, 0),
    RGBColor(190, 150, 0),
    RGBColor(200, 40, 40),
    RGBColor(140, 50, 130),
];
