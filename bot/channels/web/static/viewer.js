// Shows a picture large, above everything, until it is closed.
import { icon, make, say } from './facts.js';

let shown = null;

/** Open the picture; when it is closed, `back` has the focus again. */
export function enlarge(address, back) {
  close();
  const button = make('button', { type: 'button', class: 'close', 'aria-label': say('close') }, icon('close'));
  const image = make('img', { src: address, alt: say('picture') });
  const box = make('div', { class: 'viewer', role: 'dialog', 'aria-modal': 'true', 'aria-label': say('picture') }, image, button);
  shown = { box, back };
  box.addEventListener('click', (event) => event.target !== image && close());
  box.addEventListener('keydown', (event) => {
    if (event.key === 'Escape') close();
    if (event.key === 'Tab') event.preventDefault(); // the one control has the focus
  });
  document.body.append(box);
  button.focus();
}

function close() {
  if (!shown) return;
  const { box, back } = shown;
  shown = null;
  box.remove();
  if (back && document.contains(back)) back.focus();
}
