// Talks to the server; every trouble comes back as a name, never as an exception, and nothing while somebody presses.
import { base } from './facts.js';
import { atRest } from './hand.js';

const OWN = { 'X-Workroom': '1' };
const PATIENCE = 30; // seconds for an answer; what was asked is asked again, and counts once

const answer = async (response) => outcome(response.status, await response.text(), response.headers.get('Retry-After'));

function read(text) {
  try {
    return JSON.parse(text);
  } catch (none) {
    return null;
  }
}

function outcome(status, text, retryAfter) {
  const content = read(text) || {};
  if (status >= 200 && status < 300) return content.who ? { ok: true, content } : { trouble: 'trouble' }; // a hotel's page
  if (status === 401) return { trouble: 'stranger', words: content.words };
  if (status === 429) return { trouble: 'busy', seconds: Number(retryAfter) || 5 };
  if (status >= 500) return { trouble: 'trouble', seconds: Number(retryAfter) || 0, status };
  return { trouble: 'refused', words: content.words };
}

const unreachable = () => ({ trouble: navigator.onLine === false ? 'offline' : 'away' });

/** Ask so long at most: a telephone that changes its network doesn't always notice that nobody answers any more. */
async function ask(path, options, seconds) {
  const ending = window.AbortController ? new AbortController() : {};
  const timer = setTimeout(() => ending.abort && ending.abort(), (seconds || PATIENCE) * 1000);
  const all = Object.assign({ credentials: 'same-origin', signal: ending.signal }, options);
  const result = await fetch(base + path, all).then(answer).catch(unreachable);
  clearTimeout(timer);
  await atRest();
  return result;
}

/** The end of the conversation, or what leads up to a line. */
export const history = (before) => ask('chat/messages' + (before ? '?before=' + before : ''));

/** What follows a line; waits for it so many seconds. */
export const following = (after, wait) => ask('chat/messages?after=' + after + '&wait=' + wait, {}, wait + PATIENCE);

/** A new start, where the server doesn't know this browser. */
export const fresh = () => ask('chat/fresh', { method: 'POST', headers: OWN });

/** Something the visitor says. */
export function send(content) {
  const headers = Object.assign({ 'Content-Type': 'application/json' }, OWN);
  return ask('chat/send', { method: 'POST', headers, body: JSON.stringify(content) });
}

/** A file; `progress` is told how much has gone, from 0 to 1. */
export async function upload(item, blob, progress) {
  const result = await transfer(item, blob, progress);
  await atRest();
  return result;
}

function transfer(item, blob, progress) {
  const form = new FormData();
  form.append('id', item.id);
  form.append('caption', item.text || '');
  form.append('album', item.album || '');
  form.append('file', blob, 'file');
  return new Promise((resolve) => {
    const request = new XMLHttpRequest();
    request.open('POST', base + 'chat/send');
    request.setRequestHeader('X-Workroom', '1');
    request.upload.onprogress = (event) => event.lengthComputable && progress(event.loaded / event.total);
    request.onerror = () => resolve(unreachable());
    request.onload = () => resolve(outcome(request.status, request.responseText, request.getResponseHeader('Retry-After')));
    request.send(form);
  });
}
