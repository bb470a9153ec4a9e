// The chat widget's one script tag: <script src="https://shop.example/widget.js" async></script>
// Attributes: data-title, data-locale ("zh", "en"), data-accent (a colour), data-open ("true"), data-login-token (who is
// logged in at the shop, signed by it).
// Nothing of the host page is touched; all that is shown lives in a shadow root of its own.
(() => {
  const script = document.currentScript;
  const base = new URL(".", script.src);
  const begin = () =>
    import(new URL("widget/chat.js", base))
      .then((chat) => chat.start(base, script.dataset))
      .catch((error) => console.error("The chat could not be loaded:", error));
  if (document.body) begin();
  else document.addEventListener("DOMContentLoaded", begin, { once: true });
})();
