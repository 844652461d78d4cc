// A PNG of a screen with few colours: a third of the size, and no difference that the eye sees.
import { crc32, deflateSync, inflateSync } from "node:zlib";

const signatureBytes = 8;
/** Colours nearer than this, summed over red, green and blue, count as one. */
const nearest = 14;

/** `png`: eight bits a channel, not interlaced, as Chromium writes them. */
export function smallPng(png, coloursMax = 64) {
  const { width, height, channels, pixels } = decode(png);
  const colourAt = (index) =>
    (pixels[index * channels] << 16) | (pixels[index * channels + 1] << 8) | pixels[index * channels + 2];
  const palette = paletteOf(width * height, colourAt, coloursMax);
  const known = new Map();
  const rows = Buffer.alloc((width + 1) * height);
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) {
      const colour = colourAt(y * width + x);
      if (!known.has(colour)) known.set(colour, closest(palette, colour));
      rows[y * (width + 1) + 1 + x] = known.get(colour);
    }
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header[8] = 8;
  header[9] = 3; // by palette
  const colours = Buffer.from(palette.flatMap((colour) => [colour >> 16, (colour >> 8) & 255, colour & 255]));
  return Buffer.concat([
    png.subarray(0, signatureBytes),
    chunk("IHDR", header),
    chunk("PLTE", colours),
    chunk("IDAT", deflateSync(rows, { level: 9 })),
    chunk("IEND", Buffer.alloc(0)),
  ]);
}

function decode(png) {
  const data = [];
  let [width, height, channels] = [0, 0, 0];
  for (let at = signatureBytes; at < png.length; ) {
    const length = png.readUInt32BE(at);
    const kind = png.toString("latin1", at + 4, at + 8);
    const body = png.subarray(at + 8, at + 8 + length);
    if (kind === "IHDR") {
      [width, height] = [body.readUInt32BE(0), body.readUInt32BE(4)];
      channels = body[9] === 6 ? 4 : 3;
    } else if (kind === "IDAT") data.push(body);
    at += 12 + length;
  }
  const raw = inflateSync(Buffer.concat(data));
  return { width, height, channels, pixels: unfilter(raw, width * channels, height, channels) };
}

/** Undoes the filters of PNG (RFC 2083, section 6). */
function unfilter(raw, stride, height, channels) {
  const pixels = Buffer.alloc(stride * height);
  for (let y = 0; y < height; y++) {
    const filter = raw[y * (stride + 1)];
    for (let x = 0; x < stride; x++) {
      const left = x >= channels ? pixels[y * stride + x - channels] : 0;
      const above = y > 0 ? pixels[(y - 1) * stride + x] : 0;
      const corner = x >= channels && y > 0 ? pixels[(y - 1) * stride + x - channels] : 0;
      const predicted = [0, left, above, (left + above) >> 1, paeth(left, above, corner)][filter];
      pixels[y * stride + x] = raw[y * (stride + 1) + 1 + x] + predicted;
    }
  }
  return pixels;
}

function paeth(left, above, corner) {
  const sum = left + above - corner;
  const [toLeft, toAbove, toCorner] = [left, above, corner].map((value) => Math.abs(sum - value));
  if (toLeft <= toAbove && toLeft <= toCorner) return left;
  return toAbove <= toCorner ? above : corner;
}

const apart = (one, other) =>
  Math.abs((one >> 16) - (other >> 16)) +
  Math.abs(((one >> 8) & 255) - ((other >> 8) & 255)) +
  Math.abs((one & 255) - (other & 255));

/** The colours that occur most, none near to another. */
function paletteOf(count, colourAt, coloursMax) {
  const times = new Map();
  for (let index = 0; index < count; index++) times.set(colourAt(index), (times.get(colourAt(index)) ?? 0) + 1);
  const palette = [];
  for (const [colour] of [...times].sort(([, left], [, right]) => right - left)) {
    if (palette.length >= coloursMax) break;
    if (palette.every((taken) => apart(taken, colour) >= nearest)) palette.push(colour);
  }
  return palette;
}

function closest(palette, colour) {
  let found = 0;
  for (let index = 1; index < palette.length; index++)
    if (apart(palette[index], colour) < apart(palette[found], colour)) found = index;
  return found;
}

function chunk(kind, body) {
  const content = Buffer.concat([Buffer.from(kind, "latin1"), body]);
  const [length, check] = [Buffer.alloc(4), Buffer.alloc(4)];
  length.writeUInt32BE(body.length);
  check.writeUInt32BE(crc32(content));
  return Buffer.concat([length, content, check]);
}
