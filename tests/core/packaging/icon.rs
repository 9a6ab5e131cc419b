//! Draws the program's icon (`assets/icon.svg`) at any size: the few shapes that it consists of.

/// A shape of the icon, in its 256 units.
enum Shape {
    /// Left, top, right, bottom, and the radius of the corners.
    Rect([f64; 4], f64),
    /// Points, and half of the width of the line along them, with round ends.
    Line(Vec<[f64; 2]>, f64),
}

/// A shape and its colour.
struct Painted {
    shape: Shape,
    colour: [u8; 3],
}

impl Shape {
    /// Returns the distance of a point from the edge, negative inside.
    fn distance(&self, [x, y]: [f64; 2]) -> f64 {
        match self {
            Self::Rect([left, top, right, bottom], radius) => {
                // From the rectangle that is smaller by the radius.
                let beyond = |at: f64, low: f64, high: f64| (low - at).max(at - high) + radius;
                let (dx, dy) = (beyond(x, *left, *right), beyond(y, *top, *bottom));
                dx.max(0.0).hypot(dy.max(0.0)) + dx.max(dy).min(0.0) - radius
            }
            Self::Line(points, half) => {
                let to_part = |pair: &[[f64; 2]]| {
                    let ([ax, ay], [bx, by]) = (pair[0], pair[1]);
                    let (dx, dy) = (bx - ax, by - ay);
                    let length = (dx * dx + dy * dy).max(f64::MIN_POSITIVE);
                    let along = (((x - ax) * dx + (y - ay) * dy) / length).clamp(0.0, 1.0);
                    (x - ax - along * dx).hypot(y - ay - along * dy)
                };
                points.windows(2).map(to_part).fold(f64::INFINITY, f64::min) - half
            }
        }
    }
}

/// Returns the value of an attribute of an element.
fn attribute<'a>(element: &'a str, name: &str) -> Option<&'a str> {
    let (_, rest) = element.split_once(&format!(" {name}=\""))?;
    Some(rest.split_once('"')?.0)
}

fn number(element: &str, name: &str) -> f64 {
    attribute(element, name).unwrap().parse().unwrap()
}

fn colour(text: &str) -> [u8; 3] {
    let hex = u32::from_str_radix(text.trim_start_matches('#'), 16).unwrap();
    let [_, red, green, blue] = hex.to_be_bytes();
    [red, green, blue]
}

/// Returns the points of a path of `M`, `L` and `C`, curves as short lines.
fn path_points(path: &str) -> Vec<[f64; 2]> {
    let mut points: Vec<[f64; 2]> = Vec::new();
    let words: Vec<&str> = path.split_whitespace().collect();
    let mut at = 0;
    while at < words.len() {
        let count = match words[at] {
            "M" | "L" => 2,
            "C" => 6,
            other => panic!("{other} in a path"),
        };
        let numbers: Vec<f64> = words[at + 1..=at + count]
            .iter()
            .map(|word| word.parse().unwrap())
            .collect();
        if count == 2 {
            points.push([numbers[0], numbers[1]]);
        } else {
            let from = *points.last().unwrap();
            let bezier = |t: f64, axis: usize| {
                let s = 1.0 - t;
                s * s * s * from[axis]
                    + 3.0 * s * s * t * numbers[axis]
                    + 3.0 * s * t * t * numbers[2 + axis]
                    + t * t * t * numbers[4 + axis]
            };
            points.extend((1..=32).map(|step| {
                let t = f64::from(step) / 32.0;
                [bezier(t, 0), bezier(t, 1)]
            }));
        }
        at += count + 1;
    }
    points
}

/// Reads the shapes of the picture, the lowest first.
fn shapes(svg: &str) -> Vec<Painted> {
    let mut found = Vec::new();
    for element in svg.split('<').skip(1) {
        let name = element.split_whitespace().next().unwrap_or_default();
        let ink = |name| colour(attribute(element, name).unwrap());
        let (shape, colour) = match name {
            "rect" => {
                let [x, y] = ["x", "y"].map(|name| number(element, name));
                let [width, height] = ["width", "height"].map(|name| number(element, name));
                let corners = [x, y, x + width, y + height];
                (Shape::Rect(corners, number(element, "rx")), ink("fill"))
            }
            "path" => {
                let points = path_points(attribute(element, "d").unwrap());
                let half = number(element, "stroke-width") / 2.0;
                (Shape::Line(points, half), ink("stroke"))
            }
            "circle" => {
                let at = ["cx", "cy"].map(|name| number(element, name));
                (Shape::Line(vec![at, at], number(element, "r")), ink("fill"))
            }
            "svg" | "/svg>" => continue,
            comment if comment.starts_with("!--") => continue,
            other => panic!("{other} in the icon"),
        };
        found.push(Painted { shape, colour });
    }
    found
}

/// Returns the picture as red, green, blue and opacity of its pixels, row by row.
pub fn draw(svg: &str, size: u32) -> Vec<u8> {
    let shapes = shapes(svg);
    let pixel = 256.0 / f64::from(size);
    let mut pixels = Vec::with_capacity((size * size * 4) as usize);
    for y in 0..size {
        for x in 0..size {
            let point = [x, y].map(|at| (f64::from(at) + 0.5) * pixel);
            let (mut ink, mut opacity) = ([0.0; 3], 0.0);
            for Painted { shape, colour } in &shapes {
                // The part of the pixel that the shape covers, as if its edge were straight there.
                let covered = (0.5 - shape.distance(point) / pixel).clamp(0.0, 1.0);
                for (ink, part) in ink.iter_mut().zip(colour) {
                    *ink += (f64::from(*part) - *ink) * covered;
                }
                opacity += (1.0 - opacity) * covered;
            }
            // The ground is the lowest shape: what is half transparent has its colour.
            if opacity > 0.0 && opacity < 1.0 {
                ink = shapes[0].colour.map(f64::from);
            }
            pixels.extend(ink.map(byte));
            pixels.push(byte(opacity * 255.0));
        }
    }
    pixels
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a cast of floats saturates"
)]
fn byte(value: f64) -> u8 {
    value.round() as u8
}

/// Returns the picture as the bytes of a PNG file.
pub fn png_file(svg: &str, size: u32) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut encoder = png::Encoder::new(&mut bytes, size, size);
    encoder.set_color(png::ColorType::Rgba);
    encoder.set_depth(png::BitDepth::Eight);
    encoder.set_compression(png::Compression::High);
    let mut writer = encoder.write_header().unwrap();
    writer.write_image_data(&draw(svg, size)).unwrap();
    writer.finish().unwrap();
    bytes
}

/// Returns the pixels of a PNG file and its size.
pub fn pixels_of(file: &[u8]) -> (u32, Vec<u8>) {
    let mut reader = png::Decoder::new(std::io::Cursor::new(file))
        .read_info()
        .unwrap();
    let mut pixels = vec![0; reader.output_buffer_size().unwrap()];
    let info = reader.next_frame(&mut pixels).unwrap();
    assert_eq!(
        (info.width, info.color_type),
        (info.height, png::ColorType::Rgba)
    );
    pixels.truncate(info.buffer_size());
    (info.width, pixels)
}

/// Returns the icon file of Windows: PNG files with a table before them.
pub fn ico_file(files: &[(u32, Vec<u8>)]) -> Vec<u8> {
    let count = u16::try_from(files.len()).unwrap();
    let mut table = [0u16, 1, count].map(u16::to_le_bytes).concat();
    let mut offset = 6 + 16 * u32::from(count);
    for (size, file) in files {
        // 0 is 256; one plane of 32 bits.
        let size = u8::try_from(*size).unwrap_or(0);
        let length = u32::try_from(file.len()).unwrap();
        table.extend([size, size, 0, 0, 1, 0, 32, 0]);
        table.extend(length.to_le_bytes());
        table.extend(offset.to_le_bytes());
        offset += length;
    }
    table.extend(files.iter().flat_map(|(_, file)| file));
    table
}

/// Returns the icon file of macOS: PNG files, each behind its kind and its length.
pub fn icns_file(files: &[(u32, Vec<u8>)]) -> Vec<u8> {
    let mut parts = Vec::new();
    for (size, file) in files {
        let kind: &[u8; 4] = match size {
            16 => b"icp4",
            32 => b"icp5",
            64 => b"icp6",
            128 => b"ic07",
            256 => b"ic08",
            512 => b"ic09",
            other => panic!("no kind for {other} pixels"),
        };
        parts.extend(kind);
        parts.extend((u32::try_from(file.len()).unwrap() + 8).to_be_bytes());
        parts.extend(file);
    }
    let length = u32::try_from(parts.len()).unwrap() + 8;
    [&b"icns"[..], &length.to_be_bytes(), &parts].concat()
}
