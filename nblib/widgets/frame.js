// Labelled native controls, a picture and a status line.  A question to the kernel is about the position at which the
// controls stand when it is sent.

function render({ model, el }) {
  const spec = model.get("spec");
  const inputs = {};
  let running = false;
  const root = frameOf(spec.title, []);
  const status = liveLine();
  const line = questions(model, root, (sentence) => (status.textContent = sentence));
  const { view, ask } = line;

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
    else line.drop();
  });

  const image = element("img", { className: "nb-picture" });
  const verdict = element("p", { className: "nb-verdict" });
  const body = element("div", { className: "nb-body" }, [verdict, presets, controls, work, image, status]);
  root.append(element("p", { className: "nb-title", textContent: spec.title }), question, body);
  const releaseKeys = takeKeys(root);
  const showStill = hideStill(model);

  function settle(reply) {
    line.painted(reply, () => {
      if (running && !reply.unfinished) running = false;
      runningShown();
      if (running && !line.waiting()) ask({ kind: "proceed" });
    });
  }

  function show() {
    const reply = model.get("reply");
    const mine = reply.view === view;
    line.heard(reply);
    for (const [name, count] of Object.entries(reply.limits ?? {})) inputs[name].input.max = count - 1;
    // The reader may have moved on since the question was asked.
    if (!mine || !line.waiting()) {
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
    line.end();
    releaseKeys();
    showStill();
    model.off("change:reply", show);
    URL.revokeObjectURL(image.src);
  };
}

export default { render };
