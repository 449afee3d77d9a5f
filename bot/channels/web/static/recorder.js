// Records a voice message: tap to begin, tap when done.
import { byId, facts, say } from './facts.js';
import { notify, settle } from './notice.js';

const FORMS = ['audio/webm;codecs=opus', 'audio/mp4', 'audio/ogg;codecs=opus'];
let running = null;

const can = () => Boolean(window.MediaRecorder && navigator.mediaDevices && navigator.mediaDevices.getUserMedia);

function clock(seconds) {
  return Math.floor(seconds / 60) + ':' + ('0' + (seconds % 60)).slice(-2);
}

function show(on) {
  byId('recording').hidden = !on;
  byId('tools').hidden = on;
  byId('writing').hidden = on;
}

function tick() {
  const seconds = Math.floor((Date.now() - running.since) / 1000);
  byId('recorded').textContent = say('recording', { text: clock(seconds) });
  if (seconds >= facts.voice_seconds) {
    notify('voice', say('record_full', { n: Math.floor(facts.voice_seconds / 60) }));
    stop(true);
  }
}

/** Begin; `done` gets the recording as a blob. Without a recorder the phone's own one is offered. */
export async function record(done) {
  settle('voice');
  if (!can()) {
    notify('voice', say('no_recorder'), [[say('voice_file'), () => byId('voice-file').click()]]);
    return;
  }
  let stream;
  try {
    stream = await navigator.mediaDevices.getUserMedia({ audio: true });
  } catch (refused) {
    notify('voice', say('record_denied'), [[say('voice_file'), () => byId('voice-file').click()]]);
    return;
  }
  begin(stream, done);
}

function begin(stream, done) {
  const form = FORMS.find((one) => MediaRecorder.isTypeSupported && MediaRecorder.isTypeSupported(one));
  const recorder = new MediaRecorder(stream, form ? { mimeType: form } : undefined);
  const parts = [];
  running = { recorder, stream, since: Date.now(), keep: false, timer: setInterval(tick, 500) };
  const mine = running;
  recorder.ondataavailable = (event) => event.data.size && parts.push(event.data);
  recorder.onstop = () => {
    stream.getTracks().forEach((track) => track.stop());
    const type = (recorder.mimeType || 'audio/webm').split(';')[0];
    if (mine.keep && parts.length) done(new Blob(parts, { type }));
  };
  recorder.start();
  show(true);
  tick();
  byId('record-stop').focus();
}

function stop(keep) {
  if (!running) return;
  clearInterval(running.timer);
  running.keep = keep;
  running.recorder.stop();
  running = null;
  show(false);
  byId(keep ? 'send' : 'voice').focus();
}

byId('record-stop').addEventListener('click', () => stop(true));
byId('record-cancel').addEventListener('click', () => stop(false));
