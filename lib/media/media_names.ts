/** Ends of the names of files that a list of media names. What a file is, its content tells. */
export const MEDIA_EXTENSIONS: readonly string[] = [
  "mjpeg",
  "mjpg",
  "avi",
  "mov",
  "qt",
  "mp4",
  "m4v",
  "jpg",
  "jpeg",
  "png",
  "pcapng",
  "pcap",
  "rtpdump",
  "mpjpeg",
];

/** Whether a file of this name belongs in a list of media. */
export function isMediaName(name: string): boolean {
  const dot = name.lastIndexOf(".");
  return dot >= 0 && MEDIA_EXTENSIONS.includes(name.slice(dot + 1).toLowerCase());
}
