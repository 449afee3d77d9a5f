// Knows when somebody is pressing. From the moment a finger, the mouse or a key is down until its click has been
// dealt with, nothing may be drawn anew or move: a click is lost when its button is replaced under it, and a finger's
// click falls on whatever lies there when it is lifted.

const LONGEST = 4000; // ms; whatever stays down for longer isn't pressing, or its end was never told
const CLICK_LATE = 400; // ms after lifting within which the click comes; old browsers wait for a second tap
const [begins, ends, breaks] = window.PointerEvent
  ? ['pointerdown', 'pointerup', 'pointercancel']
  : ['touchstart', 'touchend', 'touchcancel'];

const down = new Set(); // fingers (by number) and keys (by name)
let waiting = [];
let timer = 0; // set as long as somebody presses

/** Wait until nobody is pressing: what the server says, and the page of itself, is shown only then. */
export function atRest() {
  return timer ? new Promise((resolve) => waiting.push(resolve)) : Promise.resolve();
}

function rest() {
  clearTimeout(timer);
  timer = 0;
  down.clear();
  const all = waiting;
  waiting = [];
  all.forEach((go) => go());
}

function restIn(ms) {
  clearTimeout(timer);
  timer = setTimeout(rest, ms);
}

function press(what) {
  down.add(what);
  restIn(LONGEST);
}

function lift(what, ms) {
  if (down.delete(what) && !down.size) restIn(ms);
}

const hear = (name, act) => window.addEventListener(name, act, { capture: true, passive: true });
const finger = (event) => event.pointerId || 0;

hear(begins, (event) => event.button || press(finger(event))); // the other buttons of a mouse don't press
hear(ends, (event) => lift(finger(event), CLICK_LATE));
hear(breaks, (event) => lift(finger(event), 0)); // it scrolls, or drags
hear('keydown', (event) => {
  if (event.key === ' ' && event.target.closest && event.target.closest('button')) press(event.key);
});
hear('keyup', (event) => lift(event.key, CLICK_LATE));
hear('click', () => timer && !down.size && restIn(0)); // those who listen to the click come first
hear('blur', (event) => event.target === window && rest());
