// The desk that rings: data-ring around a switch. When a paid order comes (the bell's channel says so), it sounds, shakes the phone,
// says what came, and counts in the tab's title. It never sounds before the seller has switched it on here, on this device.
import { keep, recall } from "./keep.js";

const desk = document.querySelector("[data-ring]");
const [toggle, state, said] = ["switch", "state", "said"].map((name) => desk?.querySelector(`[data-ring-${name}]`));
const plain = document.title;
const heard = new Set();
let sound, blinking, on = recall("ring") === true;

// Two strokes of a ship's bell: a tone with two overtones that die away at different speed.
function stroke(at) {
  for (const [ratio, loud, long] of [[1, 0.3, 1.4], [2.01, 0.15, 0.9], [3.02, 0.07, 0.5]]) {
    const [tone, gain] = [sound.createOscillator(), sound.createGain()];
    tone.frequency.value = 587 * ratio;
    gain.gain.setValueAtTime(loud, at);
    gain.gain.exponentialRampToValueAtTime(0.001, at + long);
    tone.connect(gain).connect(sound.destination);
    tone.start(at);
    tone.stop(at + long);
  }
}

// A browser lets a page sound only after it was touched: the switch is such a touch, and so is the first one after a reload.
async function wake() {
  if (!on) return;
  sound ??= new (window.AudioContext || window.webkitAudioContext)();
  if (sound.state === "suspended") await sound.resume();
  show();
}

function ring() {
  navigator.vibrate?.([250, 120, 250]);
  if (sound?.state === "running") for (const after of [0, 0.35]) stroke(sound.currentTime + after);
}

function show() {
  toggle.setAttribute("aria-pressed", on);
  toggle.textContent = on ? desk.dataset.turnOff : desk.dataset.turnOn;
  state.textContent = !on ? desk.dataset.off : sound?.state === "running" ? desk.dataset.on : desk.dataset.touch;
}

function count() {
  const waiting = Number(document.querySelector("[data-ring-count]")?.dataset.ringCount || 0);
  document.title = waiting ? `(${waiting}) ${plain}` : plain;
}

function blink() {
  clearInterval(blinking);
  if (!document.hidden || matchMedia("(prefers-reduced-motion: reduce)").matches) return;
  let lit = false;
  blinking = setInterval(() => ((lit = !lit) ? (document.title = desk.dataset.new) : count()), 1000);
}

function came({ detail }) {
  if (detail?.kind !== "order.paid" || heard.has(detail.id)) return;
  heard.add(detail.id);
  const link = document.createElement("a");
  [link.href, link.textContent] = [detail.link, detail.text];
  said.replaceChildren(link);
  said.hidden = false;
  if (on) ring();
  blink();
}

if (desk) {
  toggle.addEventListener("click", async () => {
    keep("ring", (on = !on));
    await wake();
    show();
    if (on) ring();
  });
  for (const touch of ["pointerdown", "keydown"]) document.addEventListener(touch, wake, { once: true });
  document.addEventListener("live:person", came);
  document.addEventListener("visibilitychange", () => document.hidden || (clearInterval(blinking), count()));
  new MutationObserver(count).observe(document.querySelector("main"), { childList: true, subtree: true });
  show();
  count();
}
