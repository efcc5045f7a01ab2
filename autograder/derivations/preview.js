// Watches the editors of the notebook, and shows the derivation that is being typed as mathematics below its cell.
// Where the cells can't be found, as in a front end with other names for them, it says what to do instead.

const PAUSE = 250; // milliseconds without a key before the kernel is asked

function derivationIn(editor, names) {
  const text = [...editor.querySelectorAll(".cm-line")].map((line) => line.textContent).join("\n");
  const found = text.match(/^(\w+) *= *"""\n([\s\S]*)/m);
  if (found === null || !names.includes(found[1])) return null;
  return { name: found[1], text: found[2].split('"""')[0] };
}

function previewBelow(editor) {
  const cell = editor.closest(".jp-Cell-inputWrapper") ?? editor.closest(".jp-Cell");
  let preview = cell.parentElement.querySelector(":scope > .nb-derivation");
  if (preview === null) {
    preview = document.createElement("div");
    preview.className = "nb-derivation";
    preview.setAttribute("aria-label", "The derivation as mathematics");
    preview.setAttribute("role", "group");
    preview.style.cssText = "padding: 4px 0 4px 80px; font-size: 1.15em; line-height: 2.4; overflow-x: auto";
    cell.after(preview);
  }
  return preview;
}

function render({ model, el }) {
  const line = document.createElement("p");
  line.className = "nb-frame";
  el.append(line);
  let asked = 0;
  let pause = 0;
  let target = null;
  let notebook = null;

  function ask(event) {
    const editor = event.target.closest?.(".cm-content");
    const typed = editor ? derivationIn(editor, model.get("names")) : null;
    if (typed === null) return;
    clearTimeout(pause);
    pause = setTimeout(() => {
      target = editor;
      model.send({ ...typed, serial: ++asked });
    }, PAUSE);
  }

  function show(reply) {
    if (reply.serial !== asked || target === null || !target.isConnected) return;
    previewBelow(target).innerHTML = reply.page;
  }

  // The output is put into the page only after it has been rendered.
  requestAnimationFrame(() => {
    notebook = el.closest(".jp-Notebook");
    line.textContent = model.get(notebook === null ? "elsewhere" : "notice");
    for (const event of ["input", "keyup", "focusin"]) notebook?.addEventListener(event, ask);
  });
  model.on("msg:custom", show);
  return () => {
    clearTimeout(pause);
    model.off("msg:custom", show);
    for (const event of ["input", "keyup", "focusin"]) notebook?.removeEventListener(event, ask);
    for (const preview of notebook?.querySelectorAll(".nb-derivation") ?? []) preview.remove();
  };
}

export default { render };
