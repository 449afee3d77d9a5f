// One line of words about how things stand, with what can be done about it.
import { byId, make } from './facts.js';
import { atRest } from './hand.js';

const box = byId('notice');
let shown = '';

/** Say it; `remedies` are [label, act] pairs. `kind` names it, so that it can be taken back. */
export const notify = (kind, words, remedies) => atRest().then(() => show(kind, words, remedies));

/** Take it back, if it is what is shown. */
export const settle = (...kinds) => atRest().then(() => kinds.includes(shown) && hide());

function show(kind, words, remedies) {
  shown = kind;
  const buttons = (remedies || []).map(([label, act]) => {
    const button = make('button', { type: 'button', class: 'plain' }, label);
    button.addEventListener('click', act);
    return button;
  });
  box.textContent = '';
  box.append(make('span', {}, words), ...buttons);
  box.hidden = false;
}

function hide() {
  shown = '';
  box.hidden = true;
  box.textContent = '';
}
