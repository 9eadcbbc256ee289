import type { TranscodeStep } from "../../jpeg/transcode.ts";

const WORDS: Readonly<Record<TranscodeStep, string>> = {
  "huffman-tables": "Huffman tables re-coded to the standard ones",
  "progressive": "progressive scans re-coded as one sequential scan",
  "scans": "scans joined into one",
  "height": "height told in the frame header",
  "sampling-layout": "blocks put into the usual order",
  "greyscale": "colourless chrominance added to greyscale",
  "quantization-8-bit": "quantisation tables written with 8 bits",
  "chroma-resampled": "chrominance resampled, luminance untouched",
  "quantization-merged": "Cr quantised with the table of Cb",
  "quantization-capped": "quantisation divisors limited to 255",
  "quantization-coarser": "quantised more coarsely",
};

/** What was done to a picture, in words. */
export function stepWords(steps: readonly TranscodeStep[]): string[] {
  return steps.map((step) => WORDS[step]);
}
