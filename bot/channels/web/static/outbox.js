// Sends what the visitor says, in order and exactly once: through reloads, without network, with several windows.
import { facts, newId, say } from './facts.js';
import { atRest } from './hand.js';
import { files, isQueue, previews, queue, windowName } from './keep.js';
import * as log from './log.js';
import { notify, settle } from './notice.js';
import * as server from './server.js';
import { preview } from './preview.js';

const ABANDONED = 20 * 1000; // after so long another window's words are sent by this one; doubles don't count
const OVERDUE = 3000; // ms without an answer after which it is said that something waits
const me = windowName(newId);
const pressedMessages = new Map(); // id of a press → the message on the screen whose button it was
let sending = false;
let timer = 0;
let tries = 0;
let halted = false;

/** Take something to be sent: it is kept before it is tried. */
export async function put(item, blob) {
  const whole = Object.assign({ id: newId(), at: Date.now(), by: me }, item);
  if (blob) await files.put(whole.id, blob);
  if (item.message) pressedMessages.set(whole.id, item.message);
  delete whole.message;
  queue.add(whole);
  if (whole.what !== 'press') log.showWaiting(whole);
  if (whole.what !== 'file') setTimeout(() => atRest().then(() => sayWaiting(whole.id)), OVERDUE);
  flush();
  return whole.id;
}

/** A press that waits to be sent: pressing again adds nothing. */
export const isOnItsWay = (press) => queue.all().some(
  (one) => one.what === 'press' && !one.failed && one.data === press.data && one.from === press.from,
);

/** What waits is seen, with a word about it; so is a press, which shows nothing by itself. */
function sayWaiting(id) {
  queue.all().filter((one) => !one.failed && (!id || one.id === id)).forEach((one) => {
    log.showWaiting(one);
    log.tell(one.id, say('waiting'));
  });
}

const isMine = (item) => item.by === me || Date.now() - item.at > ABANDONED;
const next = () => queue.all().find((item) => !item.failed && isMine(item));

/** Send what waits, one after the other. */
export async function flush() {
  if (sending || halted) return;
  sending = true;
  clearTimeout(timer);
  try {
    for (let item = next(); item; item = next()) {
      const result = await deliver(item);
      if (!(await settled(item, result))) break;
    }
  } finally {
    sending = false;
  }
}

async function deliver(item) {
  if (item.what !== 'file') return server.send(content(item));
  const blob = await files.get(item.id);
  if (!blob) return { trouble: 'refused', words: say('file_lost') };
  const gone = (part) => log.tell(item.id, say('sending', { n: Math.floor(part * 100) }));
  return server.upload(item, blob, (part) => atRest().then(() => gone(part)));
}

function content(item) {
  if (item.what === 'text') return { id: item.id, text: item.text };
  if (item.what === 'press') return { id: item.id, press: item.data, from: item.from, label: item.text };
  if (item.what === 'start') return { id: item.id, start: item.payload };
  return { id: item.id, position: item.position };
}

/** Deal with an answer; false when there is no use in going on now. */
async function settled(item, result) {
  if (result.ok) await arrived(item, result.content);
  else if (result.trouble === 'refused' || (result.status === 500 && tries > 3)) fail(item, result.words);
  else {
    wait(item, result);
    return false;
  }
  tries = 0;
  settle('offline', 'away', 'busy', 'trouble');
  return true;
}

async function arrived(item, answer) {
  const pressed = pressedMessages.get(item.id);
  pressedMessages.delete(item.id);
  if (item.what === 'file') await keepPreview(item).then(atRest);
  queue.remove(item.id);
  if (facts.who && answer.who !== facts.who) return window.location.reload();
  if (answer.incoming) {
    if (pressed && pressed.id === null && answer.messages.some((one) => one.replaces)) log.dropUnkept(pressed);
    log.forgetWaitingIfQuiet(item.id, answer.incoming);
    log.apply([answer.incoming].concat(answer.messages));
    log.revealAnswer(answer.messages);
  } else {
    log.settleUnkept(item);
    log.showUnkept(answer.messages, pressed);
  }
  if (answer.language !== facts.language) window.location.reload();
  return undefined;
}

async function keepPreview(item) {
  const blob = await files.get(item.id);
  const small = blob && (await preview(item.kind, blob));
  if (small) await previews.put(item.id, small);
  await files.remove(item.id);
}

function fail(item, words) {
  if (item.what === 'start') { // nothing on the screen stands for it
    queue.remove(item.id);
    notify('refused', words || say('refused'));
    return;
  }
  queue.change(item.id, { failed: words || say('refused') });
  pressedMessages.delete(item.id);
  showFailed(item, words || say('refused'));
}

function showFailed(item, words) {
  log.showWaiting(item);
  log.tell(item.id, words, [[say('again'), () => again(item)], [say('drop'), () => drop(item)]]);
}

function again(item) {
  queue.change(item.id, { failed: '', by: me });
  log.tell(item.id, say('waiting'));
  flush();
}

function drop(item) {
  queue.remove(item.id);
  files.remove(item.id);
  log.forgetWaiting(item.id);
}

function wait(item, result) {
  if (result.trouble === 'stranger') {
    stranger(result.words);
    return;
  }
  tries += 1;
  notify(result.trouble, say(result.trouble)).then(() => sayWaiting()); // seen above the notice
  timer = setTimeout(flush, (result.seconds || Math.min(15, 2 ** tries)) * 1000);
}

/** The server doesn't know this browser: say so, and offer a new start. Nothing is lost meanwhile. */
export function stranger(words) {
  halted = true;
  notify('stranger', words || say('no_cookie'), [[say('fresh'), async () => {
    const result = await server.fresh();
    if (!result.ok) return notify('stranger', say('trouble'), []);
    const check = await server.history();
    if (check.trouble === 'stranger') return notify('stranger', say('no_cookie'), []);
    return window.location.reload();
  }]]);
}

/** After a reload: what waited still waits; another window's words show too. */
export function restore() {
  queue.all().filter((item) => item.what !== 'start').forEach((item) => {
    if (item.failed) showFailed(item, item.failed);
    else {
      log.showWaiting(item);
      log.tell(item.id, say('waiting'));
    }
  });
}

/** The server can be reached again: what waits is sent at once. */
export function resume() {
  tries = 0;
  flush();
}

window.addEventListener('online', resume);
window.addEventListener('offline', () => notify('offline', say('offline')));
window.addEventListener('storage', async (event) => {
  if (!isQueue(event.key)) return;
  await atRest();
  const waits = queue.all().map((item) => item.id);
  log.waitingIds().filter((id) => !waits.includes(id)).forEach(log.forgetWaiting);
  restore();
});
