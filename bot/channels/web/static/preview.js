// A small picture of a photo, so that one's own messages show it after a reload; sounds are kept as they are.

const EDGE = 480;
const SOUND_LIMIT = 2 * 1024 * 1024;

/** The blob to keep, or null when this browser can't make one. */
export function preview(kind, blob) {
  if (kind === 'voice') return Promise.resolve(blob.size < SOUND_LIMIT ? blob : null);
  if (kind !== 'photo') return Promise.resolve(null);
  return new Promise((resolve) => {
    const image = new Image();
    const address = URL.createObjectURL(blob);
    const done = (small) => {
      URL.revokeObjectURL(address);
      resolve(small);
    };
    image.onerror = () => done(null);
    image.onload = () => {
      const scale = Math.min(1, EDGE / Math.max(image.naturalWidth, image.naturalHeight, 1));
      const canvas = document.createElement('canvas');
      canvas.width = Math.max(1, Math.round(image.naturalWidth * scale));
      canvas.height = Math.max(1, Math.round(image.naturalHeight * scale));
      canvas.getContext('2d').drawImage(image, 0, 0, canvas.width, canvas.height);
      canvas.toBlob(done, 'image/jpeg', 0.8);
    };
    image.src = address;
  });
}
