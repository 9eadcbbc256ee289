import { byId, setText, show } from "./dom.js";

/** Tells of a stream that broke off and is asked for again, and takes what the person says to it. */
export class Retry {
  /**
   * @param {() => void} onNow
   * @param {() => void} onStop
   */
  constructor(onNow, onStop) {
    byId("retry-now").addEventListener("click", onNow);
    byId("retry-stop").addEventListener("click", onStop);
  }

  /** @param state the player's snapshot */
  update({ retry, failure }) {
    const isOn = retry != null && failure != null;
    show(byId("retry"), isOn);
    if (!isOn) return;
    setText(byId("retry-title"), `${failure.title}.`);
    setText(byId("retry-text"), failure.text);
    setText(byId("retry-when"), whenText(retry));
    byId("retry-now").setAttribute("aria-disabled", String(retry.at === null));
  }
}

/** `Trying again in 4 s (attempt 3)` @param {{ attempt: number, at: number | null }} retry */
export function whenText({ attempt, at }) {
  const count = attempt > 1 ? ` (attempt ${attempt})` : "";
  if (at === null) return `Trying again${count}…`;
  const seconds = Math.max(0, Math.ceil((at - Date.now()) / 1000));
  return `Trying again in ${seconds} s${count}`;
}
