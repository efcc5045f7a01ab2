// Labelled native controls, a picture and a status line. At most one question to the kernel is open at a time: when
// its picture is painted, the next question is about the position at which the controls stand then.

function element(tag, properties = {}, children = []) {
  const node = Object.assign(document.createElement(tag), properties);
  node.append(...children);
  return node;
}

let views = 0;

function render({ model, el }) {
  const spec = model.get("spec");
  const view = `${Date.now()}-${++views}`;
  const inputs = {};
  let serial = 0;
  let open = null; // the question that waits for its picture
  let next = null; // the question to ask after it
  let running = false;
  let late = 0;

  function ask(question) {
    next = question;
    if (open === null) send();
  }

  function send() {
    if (next === null) return;
    open = { ...next, serial: ++serial, view };
    next = null;
    root.dataset.asked = serial;
    clearTimeout(late);
    late = setTimeout(() => {
      if (open !== null) status.textContent = "Waiting for the kernel: it may be busy with a cell.";
    }, 3000);
    model.send(open);
  }

  function positions() {
    return Object.fromEntries(Object.entries(inputs).map(([name, { input }]) => [name, Number(input.value)]));
  }

  function label(name) {
    const { input, output, texts } = inputs[name];
    const text = texts[Number(input.value)];
    if (output) {
      output.textContent = text;
      input.setAttribute("aria-valuetext", text);
    }
  }

  function move() {
    Object.keys(inputs).forEach(label);
    running = false;
    runningShown();
    ask({ kind: "move", positions: positions() });
  }

  // The prediction.
  const group = `${view}-option`;
  const options = spec.options.map((text, index) => {
    const input = element("input", { type: "radio", name: group, value: index, id: `${group}-${index}` });
    return element("label", { htmlFor: input.id, className: "nb-option" }, [input, text]);
  });
  const record = element("button", { type: "button", textContent: "Record my prediction" });
  const skip = element("button", { type: "button", textContent: "Skip" });
  const hint = element("span", { className: "nb-hint" });
  record.addEventListener("click", () => {
    const chosen = question.querySelector("input:checked");
    if (chosen) ask({ kind: "predict", option: Number(chosen.value) });
    else hint.textContent = "Choose one first, or skip.";
  });
  skip.addEventListener("click", () => ask({ kind: "predict", option: null }));
  const question = element("fieldset", { className: "nb-question" }, [
    element("legend", { textContent: `Predict first: ${spec.question}` }),
    ...options,
    element("div", { className: "nb-row" }, [record, skip, hint]),
  ]);

  // Presets and controls.
  const presets = element("div", { className: "nb-row" }, [
    element("span", { textContent: "Presets:" }),
    ...spec.presets.map((preset) => {
      const button = element("button", { type: "button", textContent: preset.label });
      button.addEventListener("click", () => {
        for (const [name, { input }] of Object.entries(inputs)) {
          // A preset may lie beyond a limit that another control sets now.
          if (input.type === "range") input.max = inputs[name].texts.length - 1;
          input.value = preset.positions[name];
        }
        move();
      });
      return button;
    }),
  ]);
  presets.setAttribute("role", "group");
  presets.setAttribute("aria-label", "Presets");

  const controls = element("div", { className: "nb-controls" });
  for (const { kind, name, label: text, texts } of spec.controls) {
    const id = `${view}-${name}`;
    let input;
    let output = null;
    if (kind === "slider") {
      input = element("input", { type: "range", id, min: 0, max: texts.length - 1, step: 1 });
      output = element("span", { className: "nb-value" });
      output.setAttribute("aria-hidden", "true");
    } else {
      const choices = texts.map((choice, index) => element("option", { value: index, textContent: choice }));
      input = element("select", { id }, choices);
    }
    input.dataset.name = name;
    input.addEventListener("input", move);
    inputs[name] = { input, output, texts };
    controls.append(element("label", { htmlFor: id, textContent: text }), input, output ?? element("span"));
  }

  // Long work.
  const run = element("button", { type: "button", className: "nb-run", textContent: spec.start ?? "" });
  const progress = element("progress", { max: 1, value: 0 });
  progress.setAttribute("aria-label", "Progress");
  const work = element("div", { className: "nb-row", hidden: spec.start === null }, [run, progress]);
  function runningShown() {
    run.textContent = running ? "Stop" : spec.start ?? "";
  }
  run.addEventListener("click", () => {
    running = !running;
    runningShown();
    if (running) ask({ kind: "begin", positions: positions() });
    else next = null;
  });

  const image = element("img", { className: "nb-picture" });
  const status = element("p", { className: "nb-status" });
  status.setAttribute("role", "status");
  status.setAttribute("aria-live", "polite");
  const verdict = element("p", { className: "nb-verdict" });
  const body = element("div", { className: "nb-body" }, [verdict, presets, controls, work, image, status]);
  const root = element("div", { className: "nb-frame" }, [
    element("p", { className: "nb-title", textContent: spec.title }),
    question,
    body,
  ]);
  root.setAttribute("role", "group");
  root.setAttribute("aria-label", spec.title);
  // JupyterLab has shortcuts on the keys that move a slider.
  root.dataset.lmSuppressShortcuts = "true";
  root.addEventListener("keydown", (event) => event.stopPropagation());

  function settle(reply) {
    if (reply.view !== view || open === null || reply.serial !== open.serial) return;
    root.dataset.painted = reply.serial;
    open = null;
    if (running && !reply.unfinished) running = false;
    runningShown();
    if (running && next === null) ask({ kind: "proceed" });
    else send();
  }

  function show() {
    const reply = model.get("reply");
    const mine = reply.view === view;
    // The kernel has answered, however long its picture takes to be painted.
    if (mine) clearTimeout(late);
    for (const [name, count] of Object.entries(reply.limits ?? {})) inputs[name].input.max = count - 1;
    // The reader may have moved on since the question was asked.
    if (!mine || next === null) {
      for (const [name, position] of Object.entries(reply.positions)) inputs[name].input.value = position;
      Object.keys(inputs).forEach(label);
    }
    status.textContent = reply.status;
    status.classList.toggle("nb-failed", Boolean(reply.failed));
    verdict.textContent = reply.verdict;
    question.hidden = reply.verdict !== "";
    body.hidden = !question.hidden;
    progress.value = reply.done ?? 0;
    image.alt = reply.alt;
    if (reply.failed) {
      settle(reply);
      return;
    }
    const address = URL.createObjectURL(new Blob([model.get("picture")], { type: "image/png" }));
    const before = image.src;
    image.onload = image.onerror = () => {
      if (before) URL.revokeObjectURL(before);
      settle(reply);
    };
    image.src = address;
  }

  model.on("change:reply", show);
  show();
  el.append(root);
  return () => {
    clearTimeout(late);
    model.off("change:reply", show);
    URL.revokeObjectURL(image.src);
  };
}

export default { render };
