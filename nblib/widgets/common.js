// What every widget needs in the browser; the file of the widget itself follows.

function element(tag, properties = {}, children = []) {
  const node = Object.assign(document.createElement(tag), properties);
  node.append(...children);
  return node;
}

let views = 0;

// Questions to the kernel, one at a time: when an answer has been painted, the latest question that came up since then
// is asked, and those before it are dropped.
function questions(model, root, onLate) {
  const view = `${Date.now()}-${++views}`;
  let serial = 0;
  let open = null; // the question that waits for its answer
  let next = null; // the question to ask after it
  let late = 0;

  function send() {
    if (next === null) return;
    open = { ...next, serial: ++serial, view };
    next = null;
    root.dataset.asked = serial;
    clearTimeout(late);
    late = setTimeout(() => {
      if (open !== null) onLate("Waiting for the kernel: it may be busy with a cell.");
    }, 3000);
    model.send(open);
  }

  return {
    view,
    ask(question) {
      next = question;
      if (open === null) send();
    },
    drop() {
      next = null;
    },
    waiting: () => next !== null,
    // The kernel has answered, however long its answer takes to be painted.
    heard(reply) {
      if (reply.view === view) clearTimeout(late);
    },
    // The answer has been painted; `go` may ask for more before the next question is sent.
    painted(reply, go = () => {}) {
      if (reply.view !== view || open === null || reply.serial !== open.serial) return;
      root.dataset.painted = reply.serial;
      open = null;
      go();
      if (open === null) send();
    },
    end: () => clearTimeout(late),
  };
}

// Keys that are pressed in a widget are its own: a notebook has shortcuts on those that move a slider, and on letters.
// The window hears them first.  A handler that returns true has used the key up.
function takeKeys(root, handler = () => false) {
  root.dataset.lmSuppressShortcuts = "true";
  function listen(event) {
    if (!root.contains(event.target) || event.ctrlKey || event.metaKey || event.altKey) return;
    event.stopImmediatePropagation();
    if (handler(event)) event.preventDefault();
  }
  window.addEventListener("keydown", listen, true);
  return () => window.removeEventListener("keydown", listen, true);
}

// The picture that is left in a saved notebook stands below the widget.  As long as the widget lives, it is hidden.
function hideStill(model) {
  const still = `.nb-still-${model.get("still")}`;
  const style = element("style", {
    textContent: `${still} { display: none !important } .jp-OutputArea-child:has(${still}) { display: none }`,
  });
  document.head.append(style);
  return () => style.remove();
}

function liveLine(className = "nb-status") {
  const line = element("p", { className });
  line.setAttribute("role", "status");
  line.setAttribute("aria-live", "polite");
  return line;
}

function frameOf(title, children) {
  const root = element("div", { className: "nb-frame" }, children);
  root.setAttribute("role", "group");
  root.setAttribute("aria-label", title);
  return root;
}
