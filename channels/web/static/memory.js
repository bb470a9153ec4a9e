// What is kept between two visits: the conversation, its token, the reader's choices, unsent words.

/** Keep values under one key of localStorage; where it is closed to us they last as long as the page. */
export function remember(key) {
  let kept = {};
  try {
    kept = JSON.parse(localStorage.getItem(key)) || {};
  } catch {
    kept = {};
  }
  return {
    get: (name) => kept[name],
    set(values) {
      kept = { ...kept, ...values };
      try {
        localStorage.setItem(key, JSON.stringify(kept));
      } catch {
        // a private window or a full disk: the conversation goes on, it is only not found again
      }
    },
  };
}
