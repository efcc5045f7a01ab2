"""Training speed of nblib beside scikit-learn, PyTorch and JAX.

    python benchmarks/speed.py [--quick] [--threads 1] [--rounds 7] [--mnist FILE] [--images 10000]

One process a setting of threads (for one thread it is held to one core, where the system can, since JAX has no setting
that would); in it all peers train the same network from the same weights on the same data in float32, a few epochs at a
time, taking turns.  What is printed are ratios of medians over the rounds, the share of a step that its matrix products
take at the rate measured for them, and a table in Markdown.  Sixteen networks side by side count as one each: what is
given is the time of a network.  Peers that are not installed are skipped with a notice:
``pip install .[bench]``.

An epoch here is shuffling, forward and backward passes and updates, without measuring cost or accuracy afterwards
(scikit-learn adds up the costs of its batches all the same).  The network is logistic with a softmax output under the
multinomial cross-entropy, plain gradient descent, no regularization: what all of them can do.
"""

import argparse
import importlib.metadata
import importlib.util
import json
import os
import subprocess
import sys
import time
import warnings

import numpy as np

ETA = 0.1
SIDE_BY_SIDE = 16
BATCHES, WIDTHS = (10, 32, 128, 1024), (30, 100, 512)
QUICK = [("digits", 30, 10), ("digits", 30, 32), ("mnist", 100, 128), ("mnist", 512, 1024)]
# Peer: the module that is imported, the package that is installed.
PEERS = {"scikit-learn": ("sklearn", "scikit-learn"), "PyTorch": ("torch", "torch"), "JAX": ("jax", "jax")}


def nblib_epochs(layers, X, Y, batch, fast=True):
    """Return a function that trains nblib for some epochs, from where it stopped."""
    from nblib.training import train

    rng = np.random.default_rng(0)

    def run(epochs):
        nonlocal layers
        names = {"output": "softmax", "cost": "multinomial cross-entropy"}
        layers, _ = train(layers, X, Y, ETA, epochs, batch, rng, measure=False, fast=fast, **names)

    return run


def nblib_side_by_side(layers, X, Y, batch):
    """Return a function that trains sixteen networks at the same time, each for some epochs."""
    from nblib.side_by_side import train_side_by_side

    rngs = [np.random.default_rng(seed) for seed in range(SIDE_BY_SIDE)]
    networks = [layers] * SIDE_BY_SIDE

    def run(epochs):
        nonlocal networks
        names = {"output": "softmax", "cost": "multinomial cross-entropy"}
        networks = [layers for layers, _ in train_side_by_side(networks, X, Y, ETA, epochs, batch, rngs, **names)]

    return run


def nblib_steps(layers, X, Y, batch):
    """The steps of such epochs without what :func:`nblib.training.train` does once before and after them."""
    from nblib.fast import FastTraining
    from nblib.optimizers import SGD
    from nblib.training import Recipe

    recipe = Recipe("logistic", "softmax", "multinomial cross-entropy", SGD(), None, 0.0, len(X), 0.0)
    training, rng = FastTraining(layers, recipe), np.random.default_rng(0)

    def run(epochs):
        for _ in range(epochs):
            training.epoch(X, Y, ETA, batch, rng)

    return run


def sklearn_epochs(layers, X, Y, batch):
    """The same for MLPClassifier, which goes on from its weights when it starts warm."""
    from sklearn.neural_network import MLPClassifier

    model = MLPClassifier(
        [len(layers[0][1])],
        activation="logistic",
        solver="sgd",
        alpha=0,
        batch_size=batch,
        learning_rate_init=ETA,
        momentum=0,
        nesterovs_momentum=False,
        n_iter_no_change=10**9,
        warm_start=True,
    )
    labels = Y.argmax(axis=1)
    model.partial_fit(X[: 10 * batch], labels[: 10 * batch], classes=np.arange(10))
    model.coefs_ = [W.T.astype(np.float32) for W, _ in layers]
    model.intercepts_ = [b.astype(np.float32) for _, b in layers]
    return lambda epochs: model.set_params(max_iter=epochs).fit(X, labels)


def torch_epochs(layers, X, Y, batch):
    """Modules and optimizer of PyTorch, used eagerly as its tutorials do, but with no data loader."""
    import torch

    torch.manual_seed(0)
    (W1, b1), (W2, b2) = layers
    model = torch.nn.Sequential(
        torch.nn.Linear(W1.shape[1], len(b1)), torch.nn.Sigmoid(), torch.nn.Linear(len(b1), len(b2))
    )
    with torch.no_grad():
        for parameter, array in zip(model.parameters(), (W1, b1, W2, b2), strict=True):
            parameter.copy_(torch.from_numpy(array))
    optimizer = torch.optim.SGD(model.parameters(), lr=ETA)
    cost = torch.nn.CrossEntropyLoss()
    inputs, labels = torch.from_numpy(X), torch.from_numpy(Y.argmax(axis=1))

    def run(epochs):
        for _ in range(epochs):
            for rows in torch.randperm(len(inputs)).split(batch):
                optimizer.zero_grad()
                cost(model(inputs[rows]), labels[rows]).backward()
                optimizer.step()

    return run


def torch_raw_epochs(layers, X, Y, batch):
    """PyTorch without autograd, modules and optimizer: the four equations on tensors, in place where they can be."""
    import torch

    torch.manual_seed(0)
    (W1, b1), (W2, b2) = [(torch.from_numpy(W.copy()), torch.from_numpy(b.copy())) for W, b in layers]
    inputs, targets = torch.from_numpy(X), torch.from_numpy(Y)

    @torch.no_grad()
    def run(epochs):
        for rows in (rows for _ in range(epochs) for rows in torch.randperm(len(inputs)).split(batch)):
            a0 = inputs[rows]
            a1 = torch.addmm(b1, a0, W1.T).sigmoid_()
            delta2 = torch.softmax(torch.addmm(b2, a1, W2.T), dim=1).sub_(targets[rows])
            delta1 = (delta2 @ W2).mul_(a1).mul_(1 - a1)
            step = -ETA / len(rows)
            W2.addmm_(delta2.T, a1, alpha=step)
            b2.add_(delta2.sum(0), alpha=step)
            W1.addmm_(delta1.T, a0, alpha=step)
            b1.add_(delta1.sum(0), alpha=step)

    return run


def jax_step(jax):
    """One step of gradient descent by jax.grad, not yet compiled."""

    def cost(layers, X, Y):
        (W1, b1), (W2, b2) = layers
        hidden = jax.nn.sigmoid(X @ W1.T + b1)
        return -(Y * jax.nn.log_softmax(hidden @ W2.T + b2)).sum(axis=1).mean()

    def step(layers, X, Y):
        return jax.tree.map(lambda w, g: w - ETA * g, layers, jax.grad(cost)(layers, X, Y))

    return step


def jax_epochs(layers, X, Y, batch):
    """JAX with one compiled step, called for every batch; the data stay on its side, and the step picks the rows."""
    import jax

    step = jax_step(jax)
    compiled = jax.jit(lambda layers, X, Y, rows: step(layers, X[rows], Y[rows]), donate_argnums=0)
    layers = jax.tree.map(jax.numpy.array, layers)
    X, Y = jax.numpy.array(X), jax.numpy.array(Y)
    rng = np.random.default_rng(0)

    def run(epochs):
        nonlocal layers
        for _ in range(epochs):
            order = rng.permutation(len(X)).astype(np.int32)
            for start in range(0, len(X), batch):
                layers = compiled(layers, X, Y, order[start : start + batch])
        jax.block_until_ready(layers)

    return run


def jax_scan_epochs(layers, X, Y, batch):
    """JAX with the whole epoch compiled, shuffle included; the last part of an epoch is left out, as a scan needs."""
    import jax

    step = jax_step(jax)
    layers = jax.tree.map(jax.numpy.array, layers)
    X, Y = jax.numpy.array(X), jax.numpy.array(Y)
    key = jax.random.key(0)

    @jax.jit
    def whole(layers, key):
        rows = jax.random.permutation(key, len(X))[: len(X) // batch * batch].reshape(-1, batch)
        return jax.lax.scan(lambda carry, r: (step(carry, X[r], Y[r]), None), layers, rows)[0]

    def run(epochs):
        nonlocal layers, key
        for _ in range(epochs):
            key, drawn = jax.random.split(key)
            layers = whole(layers, drawn)
        jax.block_until_ready(layers)

    return run


def contestants():
    """Name and maker of everything that can run here."""
    found = {
        "nblib": nblib_epochs,
        "nblib side by side": nblib_side_by_side,
        "nblib plain": lambda *given: nblib_epochs(*given, fast=False),
    }
    makers = {
        "scikit-learn": {"scikit-learn": sklearn_epochs},
        "PyTorch": {"PyTorch eager": torch_epochs, "PyTorch raw": torch_raw_epochs},
        "JAX": {"JAX step": jax_epochs, "JAX scan": jax_scan_epochs},
    }
    for peer, (module, _) in PEERS.items():
        if importlib.util.find_spec(module):
            found |= makers[peer]
    return found


def seconds(function, *arguments):
    """How long a call takes."""
    start = time.perf_counter()
    function(*arguments)
    return time.perf_counter() - start


def products(sizes, batch):
    """Return a function that does the matrix products of so many steps, laid out as in nblib.fast, and nothing else."""
    rng = np.random.default_rng(0)
    m0, m1, m2 = sizes

    def array(*shape):
        return rng.random(shape, np.float32)

    theta1, gradient1, theta2, gradient2 = (array(*shape) for shape in [(m0 + 1, m1)] * 2 + [(m1 + 1, m2)] * 2)
    a0, a1, a2 = array(batch, m0 + 1).T, array(m1 + 1, batch), array(m2, batch)
    delta1, delta2 = array(m1, batch), array(m2, batch)

    def run(steps):
        for _ in range(steps):
            np.dot(theta1.T, a0, out=a1[:-1])
            np.dot(theta2.T, a1, out=a2)
            np.dot(a1, delta2.T, out=gradient2)
            np.dot(theta2[:-1], delta2, out=delta1)
            np.dot(a0, delta1.T, out=gradient1)

    return run


def measure(data, width, batch, rounds):
    """Median times of every contestant for one epoch, in microseconds a sample, and the share of matrix products."""
    from nblib.initialization import scaled_init

    X, Y = data
    sizes = [X.shape[1], width, 10]
    start = [(W.astype(np.float32), b.astype(np.float32)) for W, b in scaled_init(sizes, np.random.default_rng(0))]
    trainers = {name: maker(start, X, Y, batch) for name, maker in contestants().items()}
    step, multiply, batches = nblib_steps(start, X, Y, batch), products(sizes, batch), len(X) / batch
    step(1)
    # The first epoch compiles, allocates and fills caches; then so many at a time that one round takes a while.
    once = {name: (trainer(1), seconds(trainer, 1))[1] for name, trainer in trainers.items()}
    epochs = {name: max(1, int(0.05 / once[name])) for name in trainers}
    times, share = {name: [] for name in trainers}, []
    for _ in range(rounds):
        for name, trainer in trainers.items():
            times[name].append(seconds(trainer, epochs[name]) / epochs[name])
            if name == "nblib":
                # Next to it, for the machine's speed changes with what else runs on it.
                steps = round(batches * epochs[name])
                multiplying = seconds(multiply, steps) / steps * batches * epochs[name]
                share.append(multiplying / seconds(step, epochs[name]))
    times["nblib side by side"] = np.divide(times["nblib side by side"], SIDE_BY_SIDE)
    result = {name: float(np.median(values)) / len(X) * 1e6 for name, values in times.items()}
    return result | {"products": float(np.median(share))}


def data_sets(mnist, images):
    """The digits, and MNIST where there is one, in float32 with labels one-hot."""
    from nblib.data import load_digits, load_mnist, one_hot

    X, labels = load_digits()
    sets = {"digits": (X.astype(np.float32), one_hot(labels, 10).astype(np.float32))}
    try:
        (X, labels), _ = load_mnist(mnist, download=False)
        sets["mnist"] = (X[:images].copy(), one_hot(labels[:images], 10).astype(np.float32))
    except FileNotFoundError as error:
        print(f"MNIST is left out.  {error}", file=sys.stderr)
    return sets


def child(options):
    """Measure every configuration under the threads this process was started with; a line of JSON for each."""
    warnings.simplefilter("ignore")  # scikit-learn warns after every run that it has not converged
    if options.threads == 1 and hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
    if importlib.util.find_spec("torch"):
        import torch

        torch.set_num_threads(options.threads)
    grid = [(name, width, batch) for name in ("digits", "mnist") for width in WIDTHS for batch in BATCHES]
    sets = data_sets(options.mnist, options.images)
    for name, width, batch in QUICK if options.quick else grid:
        if name in sets:
            row = {"data": name, "width": width, "batch": batch, "threads": options.threads}
            print(json.dumps(row | measure(sets[name], width, batch, options.rounds)), flush=True)


def start_child(options, threads):
    """Rows measured by a fresh process: the number of threads of OpenBLAS and XLA is fixed when they are loaded."""
    environment = os.environ | {name: str(threads) for name in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS")}
    command = [sys.executable, __file__, *sys.argv[1:], "--threads", str(threads), "--child"]
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True) as process:
        for line in process.stdout:
            row = json.loads(line)
            print(sentence(row), flush=True)
            yield row
    if process.returncode:
        sys.exit(f"The measurement with {threads} threads ended with status {process.returncode}.")


def network(row):
    """Such as 64-30-10."""
    return f"{64 if row['data'] == 'digits' else 784}-{row['width']}-10"


def peers(row):
    """Names of what was measured beside nblib."""
    return [name for name in row if name not in ("data", "width", "batch", "threads", "nblib", "products")]


def sentence(row):
    """One line on the way: what nblib took, and how many times as long each peer took."""
    ratios = ", ".join(f"{name} {row[name] / row['nblib']:.2f}×" for name in peers(row))
    return (
        f"{row['data']} {network(row)}, batch {row['batch']}, {row['threads']} thread(s): nblib {row['nblib']:.2f} µs "
        f"a sample, products {row['products']:.0%}; {ratios}"
    )


def table(rows):
    """The table of docs/speed.md: µs a sample of nblib, then how many times as long the others take."""
    names = peers(rows[0])
    lines = [
        f"| data, network | batch | threads | nblib, µs a sample | {' | '.join(names)} | products |",
        "|---" * (5 + len(names)) + "|",
    ]
    for row in rows:
        ratios = " | ".join(f"{row[name] / row['nblib']:.1f}×" for name in names)
        lines.append(
            f"| {row['data']} {network(row)} | {row['batch']} | {row['threads']} | {row['nblib']:.2f} | {ratios} "
            f"| {row['products']:.0%} |"
        )
    return "\n".join(lines)


def surroundings():
    """Versions of what is measured, and how busy the machine is, which is what several threads suffer from most."""
    names = ["numpy", *(package for module, package in PEERS.values() if importlib.util.find_spec(module))]
    versions = ", ".join(f"{name} {importlib.metadata.version(name)}" for name in names)
    load = f", load {os.getloadavg()[0]:.1f}" if hasattr(os, "getloadavg") else ""
    return f"{versions}; {os.cpu_count()} cores{load}"


def main():
    """Start a process for one thread and one for all of them, and print what they measured."""
    parser = argparse.ArgumentParser(description="Training speed of nblib beside scikit-learn, PyTorch and JAX.")
    parser.add_argument("--quick", action="store_true", help="only the configurations with a promise of their own")
    parser.add_argument("--rounds", type=int, default=7, help="turns that each peer takes")
    parser.add_argument("--images", type=int, default=10_000, help="images of MNIST in an epoch")
    parser.add_argument("--mnist", help="npz file with x_train, y_train, x_test, y_test")
    parser.add_argument("--threads", type=int, help="only with so many threads, not with one and with all")
    parser.add_argument("--child", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.child:
        return child(options)
    for peer, (module, _) in PEERS.items():
        if importlib.util.find_spec(module) is None:
            print(f"{peer} is not installed and left out: pip install .[bench]", file=sys.stderr)
    print(surroundings(), flush=True)
    chosen = [options.threads] if options.threads else sorted({1, os.cpu_count()})
    rows = [row for threads in chosen for row in start_child(options, threads)]
    print(f"\n{table(rows)}")


if __name__ == "__main__":
    main()
