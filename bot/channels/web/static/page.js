// Puts the page together: shows what was said, listens for what is new, and begins where nothing was said yet.
import { byId, facts, say } from './facts.js';
import * as composer from './composer.js';
import { queue, tidy } from './keep.js';
import * as log from './log.js';
import { notify, settle } from './notice.js';
import * as outbox from './outbox.js';
import * as server from './server.js';

const WAIT = 25; // seconds the server may hold an answer back
const HIDDEN_PAUSE = 20; // seconds between looks while nobody can see the page
const SAME_PLACE = 40; // pixels that a finger wanders between two taps
const AGAIN = 1500; // ms after which a second press of a button is meant, and not the trembling of a hand
const title = document.title;
let last = 0;
let first = 0;
let unread = 0;
const clicks = [{}, {}]; // the two latest, the newer one last: whose buttons they pressed, and where

function size() {
  const root = document.documentElement;
  const show = () => {
    byId('size-now').textContent = say('size_now', { n: root.getAttribute('data-size') });
  };
  byId('size').addEventListener('click', () => {
    const next = String((Number(root.getAttribute('data-size')) % 3) + 1);
    root.setAttribute('data-size', next);
    try {
      localStorage.setItem('workroom:size', next);
    } catch (none) {
      notify('size', say('size_now', { n: next }));
    }
    show();
    log.toEnd();
  });
  show();
}

/** Wait so long, or until the page is seen again or the network is back. */
function pause(seconds) {
  return new Promise((resolve) => {
    const timer = setTimeout(done, seconds * 1000);
    function done() {
      clearTimeout(timer);
      document.removeEventListener('visibilitychange', done);
      window.removeEventListener('online', done);
      resolve();
    }
    document.addEventListener('visibilitychange', done);
    window.addEventListener('online', done);
  });
}

function count(heard) {
  unread = document.hidden ? unread + heard : 0;
  document.title = unread ? say('unread', { n: unread, name: title }) : title;
}

async function listen() {
  let tries = 0;
  for (;;) {
    const result = await server.following(last, document.hidden ? 0 : WAIT);
    if (result.ok) {
      if (tries) settle('offline', 'away', 'trouble', 'busy');
      if (tries) outbox.resume();
      tries = 0;
      take(result.content);
      if (document.hidden) await pause(HIDDEN_PAUSE);
    } else if (result.trouble === 'stranger') {
      outbox.stranger(result.words);
      return;
    } else {
      tries += 1;
      if (tries > 1) notify(result.trouble, say(result.trouble) || say('trouble'));
      await pause(Math.min(15, 2 ** tries));
    }
  }
}

function take(content) {
  if (facts.who && content.who !== facts.who) {
    window.location.reload();
    return;
  }
  last = Math.max(last, content.last);
  count(log.apply(content.messages));
}

async function earlier() {
  const result = await server.history(first);
  if (!result.ok) return;
  log.prepend(result.content.messages);
  first = result.content.first || first;
  byId('earlier').hidden = !result.content.earlier;
}

/** The payload of a link or QR code, taken out of the address so that a reload doesn't send it again. */
function linked() {
  const query = new URLSearchParams(window.location.search);
  const payload = query.get('start') || query.get('code');
  if (payload) window.history.replaceState(null, '', window.location.pathname);
  return payload ? payload.slice(0, 64) : '';
}

async function begin() {
  const payload = linked();
  if (payload) outbox.put({ what: 'start', payload });
  let result = await server.history();
  for (let tries = 1; !result.ok && result.trouble !== 'stranger'; tries += 1) {
    notify(result.trouble, say(result.trouble) || say('trouble'));
    await pause(Math.min(15, 2 ** tries));
    result = await server.history();
  }
  if (!result.ok) {
    outbox.stranger(result.words);
    return;
  }
  settle('offline', 'away', 'trouble', 'busy');
  first = result.content.first;
  byId('earlier').hidden = !result.content.earlier;
  log.prepend([]);
  take(result.content);
  log.restoreUnkept();
  outbox.restore();
  if (log.isEmpty() && !queue.all().length && !last) outbox.put({ what: 'start', payload: facts.first });
  else outbox.flush();
  log.revealLast();
  listen();
}

/** The second tap of a trembling hand falls on what the first one has brought there: nobody has read that yet. */
function stumbles(box, click) {
  const [{ pressed, x, y }] = clicks;
  const away = Math.max(Math.abs(click.clientX - x), Math.abs(click.clientY - y));
  return click.detail > 1 && pressed && pressed !== box && away < SAME_PLACE;
}

window.addEventListener('click', (event) => {
  clicks.shift();
  clicks.push({ pressed: event.target.closest('.choices'), x: event.clientX, y: event.clientY });
}, true);

log.doing((choice, message, button, click) => {
  const press = { what: 'press', data: choice.data, from: message.id, text: choice.label, message };
  const box = button.closest('.choices');
  if (stumbles(box, click) || button.getAttribute('aria-busy')) return;
  if (outbox.isOnItsWay(press)) { // and is seen to wait: whoever presses again wants it tried again
    outbox.flush();
    return;
  }
  button.setAttribute('aria-busy', 'true');
  button.classList.add('pressed');
  setTimeout(() => button.removeAttribute('aria-busy'), AGAIN);
  outbox.put(press);
}, composer.want);
document.addEventListener('visibilitychange', () => !document.hidden && count(0));
byId('earlier').addEventListener('click', earlier);
size();
composer.start();
tidy();
begin();
