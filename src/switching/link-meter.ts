/** Measures one link's round trip (RFC 6298 smoothing) and delivery rate (windowed maximum of samples, as BBR does). */

export class LinkMeter {
  /** Smoothed round trip, 0 until measured. */
  roundTripUs = 0;
  roundTripVariationUs = 0;
  /** Shortest recent round trip, 0 until measured: the link's without its queue. */
  roundTripMinUs = 0;
  /** Bytes a microsecond; 0 until measured or hinted. */
  rate: number;
  /** Bytes confirmed in all, and when last: a send takes note of both for its sample. */
  deliveredBytes = 0;
  deliveredUs = 0;
  readonly #pauses = new WindowedMaximum(pauseWindowUs);
  /** Two earlier moments of this busy time, to measure long spans by. */
  #anchorUs = 0;
  #anchorBytes = 0;
  #nextAnchorUs = 0;
  #nextAnchorBytes = 0;
  #windowEndUs = 0;
  #previousRate = 0;
  #currentRate = 0;
  #minimumWindowEndUs = 0;
  #minimumNext = Number.POSITIVE_INFINITY;

  constructor(rateHintBytesPerSecond: number) {
    this.rate = rateHintBytesPerSecond / 1e6;
  }

  /** A round trip was seen. */
  sampleRoundTrip(sampleUs: number, nowUs: number): void {
    const sample = Math.max(sampleUs, 1);
    if (this.roundTripUs === 0) {
      this.roundTripUs = sample;
      this.roundTripVariationUs = sample / 2;
    } else {
      this.roundTripVariationUs += (Math.abs(sample - this.roundTripUs) - this.roundTripVariationUs) / 4;
      this.roundTripUs += (sample - this.roundTripUs) / 8;
    }
    if (this.roundTripMinUs === 0 || sample < this.roundTripMinUs) this.roundTripMinUs = sample;
    if (sample < this.#minimumNext) this.#minimumNext = sample;
    if (nowUs < this.#minimumWindowEndUs) return;
    this.roundTripMinUs = this.#minimumNext;
    this.#minimumNext = Number.POSITIVE_INFINITY;
    this.#minimumWindowEndUs = nowUs + minimumWindowUs;
  }

  /**
   * Confirmations came `pauseUs` apart though data was in flight: what of it the round trip does not explain is the time
   * for which one of the two processes did nothing.
   */
  notePause(pauseUs: number, nowUs: number): void {
    this.#pauses.add(Math.min(Math.max(pauseUs - this.roundTripMinUs, 0), pauseUsMax), nowUs);
  }

  /** The longest recent pause, in microseconds; at most 200 ms. */
  get pauseUs(): number {
    return this.#pauses.value;
  }

  /** Bytes were confirmed at `nowUs`. */
  delivered(bytes: number, nowUs: number): void {
    this.deliveredBytes += bytes;
    this.deliveredUs = nowUs;
  }

  /** Something is sent onto the idle link at `nowUs`. */
  begin(nowUs: number): void {
    this.deliveredUs = nowUs;
    this.#anchorUs = nowUs;
    this.#anchorBytes = this.deliveredBytes;
    this.#nextAnchorUs = nowUs;
    this.#nextAnchorBytes = this.deliveredBytes;
  }

  /**
   * One rate sample: what was confirmed since a send. `limited` when the sender had too little to send to fill the link;
   * such a sample can only raise the estimate. Confirmations that were held up by a pause come in a burst: a rate is
   * measured over spans long beside the pauses, and a shorter span can only raise it, counted as no shorter than
   * the longest pause.
   */
  sampleRate(deliveredAtSend: number, deliveredUsAtSend: number, limited: boolean, nowUs: number): void {
    const spanUs = Math.max(spanUsMin, 4 * this.pauseUs);
    let elapsedUs = Math.max(nowUs - deliveredUsAtSend, 1);
    let bytes = this.deliveredBytes - deliveredAtSend;
    const shortUs = Math.max(elapsedUs, this.pauseUs);
    if (elapsedUs < spanUs && this.rate > 0) {
      elapsedUs = nowUs - this.#anchorUs;
      bytes = this.deliveredBytes - this.#anchorBytes;
    }
    if (nowUs - this.#nextAnchorUs >= spanUs) {
      this.#anchorUs = this.#nextAnchorUs;
      this.#anchorBytes = this.#nextAnchorBytes;
      this.#nextAnchorUs = nowUs;
      this.#nextAnchorBytes = this.deliveredBytes;
    }
    const short = elapsedUs < spanUs && this.rate > 0;
    const sample = short ? (this.deliveredBytes - deliveredAtSend) / shortUs : bytes / elapsedUs;
    if ((limited || short) && sample <= this.rate) return;
    if (nowUs >= this.#windowEndUs) {
      this.#previousRate = this.#currentRate;
      this.#currentRate = 0;
      this.#windowEndUs = nowUs + Math.max(rateWindowUsMin, 4 * this.roundTripUs, 4 * spanUs);
    }
    if (sample > this.#currentRate) this.#currentRate = sample;
    this.rate = Math.max(this.#currentRate, this.#previousRate);
  }
}

/** The largest of the values of the last one to two windows. */
class WindowedMaximum {
  value = 0;
  readonly #windowUs: number;
  #endUs = 0;
  #previous = 0;
  #current = 0;

  constructor(windowUs: number) {
    this.#windowUs = windowUs;
  }

  add(value: number, nowUs: number): void {
    if (nowUs >= this.#endUs) {
      this.#previous = this.#current;
      this.#current = 0;
      this.#endUs = nowUs + this.#windowUs;
    }
    if (value > this.#current) this.#current = value;
    this.value = Math.max(this.#current, this.#previous);
  }
}

/** Longer pauses are rare, and their data may wait. With 50 ms a process that runs in every third of a second sends ever less. */
const pauseUsMax = 200_000;
/** A pause is forgotten after one to two of these. */
const pauseWindowUs = 500_000;
/** A rate is measured over at least this and four times the longest recent pause. */
const spanUsMin = 4_000;
/** A rate is the largest sample of the last one to two windows; a window is this, four round trips or four spans. */
const rateWindowUsMin = 20_000;
/** The shortest round trip is forgotten after one to two of these. */
const minimumWindowUs = 10_000_000;
