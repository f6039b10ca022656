//! Small drawn scenes of the city as PNG, so that the demonstration has pictures without carrying any.
//!
//! Rule: a scene is a picture of 256 flat colours in which shapes lie over each other. Deliberately absent: compression,
//! since what is uploaded is written anew anyway.

/// Width of every scene in pixels.
const WIDTH: i64 = 960;
/// Height of every scene in pixels.
const HEIGHT: i64 = 600;
/// Where the ground begins, in pixels from the top.
const HORIZON: i64 = 380;
/// Most bytes of one stored block of deflate.
const BLOCK: usize = 65_535;
/// The modulus of Adler's checksum.
const ADLER: u32 = 65_521;

/// The colours, by their place in the palette.
const PALETTE: [[u8; 3]; 14] = [
    [214, 233, 247], // sky
    [96, 99, 104],   // asphalt
    [196, 62, 44],   // brick, and the red of cycle lanes
    [62, 128, 74],   // leaves
    [120, 172, 104], // grass
    [104, 74, 52],   // wood
    [72, 130, 168],  // water
    [238, 200, 92],  // sun, and the yellow of trams
    [246, 243, 236], // white
    [186, 160, 132], // plaster
    [58, 62, 74],    // dark
    [222, 186, 158], // light plaster
    [150, 158, 170], // grey
    [236, 150, 84],  // orange
];
const SKY: u8 = 0;
const ASPHALT: u8 = 1;
const RED: u8 = 2;
const LEAVES: u8 = 3;
const GRASS: u8 = 4;
const WOOD: u8 = 5;
const WATER: u8 = 6;
const YELLOW: u8 = 7;
const WHITE: u8 = 8;
const PLASTER: u8 = 9;
const DARK: u8 = 10;
const LIGHT: u8 = 11;
const GREY: u8 = 12;
const ORANGE: u8 = 13;

/// A sheet of palette places, row by row.
struct Sheet(Vec<u8>);

impl Sheet {
    fn new() -> Self {
        let mut sheet = Self(vec![SKY; usize::try_from(WIDTH * HEIGHT).unwrap_or(0)]);
        sheet.disc(820, 90, 46, YELLOW);
        sheet
    }

    fn fill(&mut self, from: (i64, i64), to: (i64, i64), colour: u8, holds: impl Fn(i64, i64) -> bool) {
        for y in from.1.max(0)..to.1.min(HEIGHT) {
            for x in from.0.max(0)..to.0.min(WIDTH) {
                let place = usize::try_from(y * WIDTH + x).ok().and_then(|at| self.0.get_mut(at));
                if let Some(place) = place.filter(|_| holds(x, y)) {
                    *place = colour;
                }
            }
        }
    }

    fn rect(&mut self, x: i64, y: i64, wide: i64, high: i64, colour: u8) {
        self.fill((x, y), (x + wide, y + high), colour, |_, _| true);
    }

    fn disc(&mut self, x: i64, y: i64, radius: i64, colour: u8) {
        let holds = |px: i64, py: i64| (px - x).pow(2) + (py - y).pow(2) <= radius.pow(2);
        self.fill((x - radius, y - radius), (x + radius, y + radius), colour, holds);
    }

    fn ring(&mut self, x: i64, y: i64, radius: i64, colour: u8) {
        let holds = |px: i64, py: i64| {
            let far = (px - x).pow(2) + (py - y).pow(2);
            far <= radius.pow(2) && far >= (radius - 6).pow(2)
        };
        self.fill((x - radius, y - radius), (x + radius, y + radius), colour, holds);
    }

    /// A roof: a triangle with its top in the middle.
    fn roof(&mut self, x: i64, y: i64, wide: i64, high: i64, colour: u8) {
        let middle = x + wide / 2;
        let holds = |px: i64, py: i64| (px - middle).abs() * 2 * high <= (py - y) * wide;
        self.fill((x, y), (x + wide, y + high), colour, holds);
    }

    fn line(&mut self, from: (i64, i64), to: (i64, i64), colour: u8) {
        let steps = (to.0 - from.0).abs().max((to.1 - from.1).abs()).max(1);
        for step in 0..=steps {
            let x = from.0 + (to.0 - from.0) * step / steps;
            let y = from.1 + (to.1 - from.1) * step / steps;
            self.rect(x - 3, y - 3, 6, 6, colour);
        }
    }

    fn ground(&mut self, colour: u8) {
        self.rect(0, HORIZON, WIDTH, HEIGHT - HORIZON, colour);
    }

    fn house(&mut self, x: i64, wide: i64, high: i64, wall: u8) {
        let top = HORIZON - high;
        self.rect(x, top, wide, high, wall);
        self.roof(x - 8, top - 40, wide + 16, 40, RED);
        for row in 0..(high - 30) / 62 {
            for column in 0..(wide - 20) / 46 {
                self.rect(x + 20 + column * 46, top + 22 + row * 62, 24, 38, DARK);
            }
        }
    }

    fn houses(&mut self) {
        let walls = [PLASTER, LIGHT, ORANGE, WHITE, PLASTER, LIGHT];
        for (at, wall) in (0_i64..).zip(walls) {
            self.house(20 + at * 158, 148, 170 + (at * 53) % 110, wall);
        }
    }

    fn tree(&mut self, x: i64, foot: i64, size: i64) {
        self.rect(x - size / 10, foot - size, size / 5, size, WOOD);
        for (dx, dy) in [(-size / 3, 0), (size / 3, 0), (0, -size / 3), (0, size / 8)] {
            self.disc(x + dx, foot - size + dy, size / 2, LEAVES);
        }
    }

    fn bicycle(&mut self, x: i64, y: i64, colour: u8) {
        self.ring(x - 58, y, 40, DARK);
        self.ring(x + 58, y, 40, DARK);
        for (from, to) in [
            ((x - 58, y), (x - 24, y - 60)),
            ((x - 24, y - 60), (x + 40, y - 60)),
            ((x + 40, y - 60), (x, y)),
            ((x, y), (x - 24, y - 60)),
            ((x, y), (x - 58, y)),
            ((x + 58, y), (x + 36, y - 84)),
        ] {
            self.line(from, to, colour);
        }
        self.line((x - 40, y - 66), (x - 10, y - 66), DARK);
        self.line((x + 24, y - 88), (x + 50, y - 84), DARK);
    }

    fn tram(&mut self, x: i64, y: i64) {
        self.rect(x, y, 380, 120, YELLOW);
        self.rect(x, y + 70, 380, 12, WHITE);
        for window in 0..7 {
            self.rect(x + 18 + window * 50, y + 18, 38, 42, WATER);
        }
        for wheel in [60, 130, 250, 320] {
            self.disc(x + wheel, y + 124, 18, DARK);
        }
        self.line((x + 190, y), (x + 240, y - 70), DARK);
        self.line((0, y - 72), (WIDTH, y - 72), DARK);
    }
}

/// How a scene is drawn.
type Draw = fn(&mut Sheet);

/// The scenes there are.
const SCENES: [(&str, Draw); 8] = [
    ("cycle-lane", cycle_lane),
    ("park", park),
    ("canal", canal),
    ("tram", tram),
    ("school", school),
    ("square", square),
    ("towers", towers),
    ("library", library),
];

/// The scene of this name as a PNG; `None` when there is none.
#[must_use]
pub fn png(name: &str) -> Option<Vec<u8>> {
    let (_, draw) = SCENES.iter().find(|(known, _)| *known == name)?;
    let mut sheet = Sheet::new();
    draw(&mut sheet);
    Some(encode(&sheet))
}

fn cycle_lane(sheet: &mut Sheet) {
    sheet.houses();
    sheet.ground(ASPHALT);
    sheet.rect(0, 450, WIDTH, 90, RED);
    sheet.rect(0, 442, WIDTH, 8, WHITE);
    sheet.rect(0, 540, WIDTH, 8, WHITE);
    sheet.bicycle(300, 500, WATER);
    sheet.bicycle(660, 510, LEAVES);
}

fn park(sheet: &mut Sheet) {
    sheet.ground(GRASS);
    for (x, size) in [(110, 190), (320, 150), (560, 210), (800, 170)] {
        sheet.tree(x, 430, size);
    }
    sheet.rect(0, 500, WIDTH, 56, LIGHT);
    sheet.rect(420, 452, 150, 12, WOOD);
    sheet.rect(430, 464, 10, 34, DARK);
    sheet.rect(550, 464, 10, 34, DARK);
}

fn canal(sheet: &mut Sheet) {
    sheet.houses();
    sheet.ground(LIGHT);
    sheet.rect(0, 430, WIDTH, 150, WATER);
    for wave in 0..12 {
        sheet.rect(30 + wave * 78, 460 + (wave * 37) % 90, 44, 5, SKY);
    }
    sheet.rect(380, 404, 200, 16, GREY);
    sheet.disc(480, 470, 74, LIGHT);
    sheet.disc(480, 478, 58, WATER);
    sheet.rect(380, 404, 200, 18, GREY);
}

fn tram(sheet: &mut Sheet) {
    sheet.houses();
    sheet.ground(ASPHALT);
    sheet.tram(290, 350);
    sheet.rect(0, 496, WIDTH, 6, GREY);
    sheet.rect(0, 540, WIDTH, 6, GREY);
}

fn school(sheet: &mut Sheet) {
    sheet.ground(GREY);
    sheet.house(180, 600, 220, ORANGE);
    sheet.rect(450, 300, 60, 80, WOOD);
    sheet.tree(90, 420, 150);
    sheet.tree(870, 420, 150);
    for bar in 0..12 {
        sheet.rect(120 + bar * 62, 470, 34, 100, WHITE);
    }
}

fn square(sheet: &mut Sheet) {
    sheet.houses();
    sheet.ground(LIGHT);
    sheet.disc(480, 500, 84, GREY);
    sheet.disc(480, 500, 66, WATER);
    sheet.rect(472, 430, 16, 70, WHITE);
    sheet.tree(160, 500, 120);
    sheet.tree(800, 500, 120);
}

fn towers(sheet: &mut Sheet) {
    for (x, wide, high, wall) in [(110, 120, 300, GREY), (290, 90, 240, WATER), (640, 150, 330, PLASTER)] {
        sheet.rect(x, HORIZON - high, wide, high, wall);
        for floor in 0..high / 34 {
            sheet.rect(x + 10, HORIZON - high + 10 + floor * 34, wide - 20, 12, WHITE);
            sheet.disc(
                x + 18 + (floor * 41) % (wide - 30),
                HORIZON - high + 26 + floor * 34,
                10,
                LEAVES,
            );
        }
    }
    sheet.house(440, 150, 170, LIGHT);
    sheet.ground(GRASS);
    sheet.tree(480, 520, 110);
    sheet.rect(0, 540, WIDTH, 30, LIGHT);
}

fn library(sheet: &mut Sheet) {
    sheet.rect(0, 0, WIDTH, HEIGHT, LIGHT);
    let spines = [RED, WATER, LEAVES, YELLOW, DARK, ORANGE, WHITE, GREY];
    for shelf in 0..4_i64 {
        let foot = 130 + shelf * 145;
        for (book, colour) in (0..24_i64).zip(spines.iter().cycle().skip(usize::try_from(shelf * 3).unwrap_or(0))) {
            let high = 76 + (book * 29 + shelf * 17) % 34;
            sheet.rect(30 + book * 38, foot - high, 28, high, *colour);
        }
        sheet.rect(10, foot, WIDTH - 20, 16, WOOD);
    }
}

/// PNG with a palette of 8 bits, its data stored.
fn encode(sheet: &Sheet) -> Vec<u8> {
    let side = |pixels: i64| u32::try_from(pixels).unwrap_or(0).to_be_bytes();
    let mut header = [side(WIDTH), side(HEIGHT)].concat();
    header.extend([8, 3, 0, 0, 0]);
    let rows = sheet.0.chunks(usize::try_from(WIDTH).unwrap_or(1));
    let raw: Vec<u8> = rows.flat_map(|row| [&[0], row].concat()).collect();
    let mut data = vec![0x78, 0x01];
    let last = raw.len().div_ceil(BLOCK).saturating_sub(1);
    for (number, block) in raw.chunks(BLOCK).enumerate() {
        let length = u16::try_from(block.len()).unwrap_or(0);
        data.push(u8::from(number == last));
        data.extend(length.to_le_bytes());
        data.extend((!length).to_le_bytes());
        data.extend(block);
    }
    let (low, high) = raw.iter().fold((1_u32, 0_u32), |(low, high), byte| {
        let low = (low + u32::from(*byte)) % ADLER;
        (low, (high + low) % ADLER)
    });
    data.extend(((high << 16) | low).to_be_bytes());
    let mut png = b"\x89PNG\r\n\x1a\n".to_vec();
    chunk(&mut png, *b"IHDR", &header);
    chunk(&mut png, *b"PLTE", &PALETTE.concat());
    chunk(&mut png, *b"IDAT", &data);
    chunk(&mut png, *b"IEND", &[]);
    png
}

fn chunk(png: &mut Vec<u8>, name: [u8; 4], data: &[u8]) {
    png.extend(u32::try_from(data.len()).unwrap_or(0).to_be_bytes());
    let from = png.len();
    png.extend(name);
    png.extend(data);
    let checksum = png.get(from..).unwrap_or_default().iter().fold(u32::MAX, |sum, byte| {
        (0..8).fold(sum ^ u32::from(*byte), |sum, _| {
            (sum >> 1) ^ (0xEDB8_8320 & (sum & 1).wrapping_neg())
        })
    });
    png.extend((!checksum).to_be_bytes());
}

/// A paper of one page that says its title, as a PDF.
#[must_use]
pub fn pdf(title: &str) -> Vec<u8> {
    let said: String = title
        .chars()
        .filter(|c| c.is_ascii_alphanumeric() || *c == ' ')
        .collect();
    let text = format!("BT /F1 20 Tf 60 760 Td ({said}) Tj ET");
    let objects = [
        "<< /Type /Catalog /Pages 2 0 R >>".to_owned(),
        "<< /Type /Pages /Kids [3 0 R] /Count 1 >>".to_owned(),
        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R \
         /Resources << /Font << /F1 5 0 R >> >> >>"
            .to_owned(),
        format!("<< /Length {} >>\nstream\n{text}\nendstream", text.len()),
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>".to_owned(),
    ];
    let mut pdf = "%PDF-1.4\n".to_owned();
    let mut places = String::new();
    for (number, object) in (1..).zip(&objects) {
        places.push_str(&format!("{:010} 00000 n \n", pdf.len()));
        pdf.push_str(&format!("{number} 0 obj\n{object}\nendobj\n"));
    }
    let (start, size) = (pdf.len(), objects.len() + 1);
    let table = format!("xref\n0 {size}\n0000000000 65535 f \n{places}");
    let end = format!("trailer\n<< /Size {size} /Root 1 0 R >>\nstartxref\n{start}\n%%EOF\n");
    [pdf, table, end].concat().into_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_scene_is_a_picture_that_the_city_takes() {
        for (name, _) in SCENES {
            let bytes = png(name).expect("known");
            let prepared = civic::picture::prepare(&bytes).expect("a picture");
            assert_eq!(
                (i64::from(prepared.width), i64::from(prepared.height)),
                (WIDTH, HEIGHT),
                "{name}"
            );
        }
        assert!(png("nowhere").is_none());
    }
}
