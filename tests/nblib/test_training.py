import itertools
import warnings

import numpy as np
import pytest
from sklearn.neural_network import MLPClassifier, MLPRegressor

from nblib.augmentation import augment
from nblib.data import digits, noisy_curve
from nblib.initialization import scaled_init
from nblib.network import ShapeError, accuracy, predict
from nblib.optimizers import SGD, Adam, Momentum, RMSprop, plateau_schedule
from nblib.regularization import l1_cost, l2_cost, zero_fraction
from nblib.training import PlainTraining, Recipe, evaluate, minibatches, train
from tests.nblib.conftest import batch_cost


def generator(seed=0):
    return np.random.default_rng(seed)


@pytest.fixture(scope="module")
def parts():
    return digits(sizes=(200, 100))


@pytest.fixture(scope="module")
def start():
    return scaled_init([64, 12, 10], generator())


CLASSES = {"output": "softmax", "cost": "multinomial cross-entropy"}


def assert_equal_layers(one, other):
    for pair, expected in zip(one, other, strict=True):
        for array, wanted in zip(pair, expected, strict=True):
            np.testing.assert_array_equal(array, wanted)


def test_minibatches_hold_every_example_once_with_its_target():
    X = np.arange(10)
    batches = list(minibatches(X, 2 * X, 4, generator()))
    assert [len(X_b) for X_b, _ in batches] == [4, 4, 2]
    assert all(np.array_equal(2 * X_b, Y_b) for X_b, Y_b in batches)
    order = np.concatenate([X_b for X_b, _ in batches])
    assert sorted(order) == list(X) and list(order) != list(X)
    again = np.concatenate([X_b for X_b, _ in minibatches(X, X, 4, generator(1))])
    assert list(again) != list(order)


def test_minibatches_refuse_what_does_not_fit():
    with pytest.raises(ShapeError, match="X has 3 rows and Y has 2"):
        next(minibatches(np.ones(3), np.ones(2), 1, generator()))
    for size in (0, 2.5):
        with pytest.raises(ValueError, match="whole number"):
            next(minibatches(np.ones(3), np.ones(3), size, generator()))


@pytest.mark.parametrize(
    "settings",
    [{}, {"dropout": 0.3}, {"augmentation": lambda X, Y, rng: augment(X, Y, 1, rng)}, {"optimizer": Adam()}],
    ids=["plain", "dropout", "augmentation", "adam"],
)
def test_the_same_seed_gives_the_same_weights_and_another_seed_others(parts, start, settings):
    runs = [train(start, *parts[0], 0.1, 2, 10, generator(seed), **CLASSES, **settings)[0] for seed in (3, 3, 4)]
    assert_equal_layers(runs[0], runs[1])
    assert not np.array_equal(runs[0][0][0], runs[2][0][0])


def test_it_learns_the_digits(parts):
    train_part, test_part = digits(sizes=(1000, 397))
    layers = scaled_init([64, 30, 10], generator())
    layers, history = train(layers, *train_part, 0.5, 15, 10, generator(), cost="binary cross-entropy")
    assert history.costs[-1] < history.costs[0] / 5
    assert accuracy(layers, test_part[0], test_part[1].argmax(axis=1)) > 0.94


def test_arguments_stay_as_they_were(parts, start):
    X, Y = parts[0]
    kept = [(W.copy(), b.copy()) for W, b in start]
    X_kept, Y_kept = X.copy(), Y.copy()
    train(start, X, Y, 0.5, 1, 10, generator(), regularizer="l2", lam=1.0)
    assert_equal_layers(start, kept)
    np.testing.assert_array_equal(X, X_kept)
    np.testing.assert_array_equal(Y, Y_kept)


def test_the_history_holds_costs_with_and_without_the_term_and_accuracies(parts, start):
    training, validation = parts
    layers, history = train(
        start, *training, 0.5, 3, 10, generator(), validation=validation, **CLASSES, regularizer="l2", lam=2.0
    )
    assert history.costs[-1] == pytest.approx(batch_cost(layers, *training, **CLASSES))
    assert history.validation_costs[-1] == pytest.approx(batch_cost(layers, *validation, **CLASSES))
    weights = [W for W, _ in layers]
    assert history.regularized_costs[-1] == pytest.approx(l2_cost(history.costs[-1], weights, 2.0, 200))
    assert history.accuracies[-1] == accuracy(layers, training[0], training[1].argmax(axis=1), output="softmax")
    assert history.validation_accuracies[-1] == accuracy(
        layers, validation[0], validation[1].argmax(axis=1), output="softmax"
    )
    assert history.etas == [0.5] * 3
    assert {len(values) for values in (history.costs, history.regularized_costs, history.validation_costs)} == {3}


def test_what_is_not_asked_for_is_not_measured(parts, start):
    history = train(start, *parts[0], 0.5, 2, 10, generator(), measure=False)[1]
    assert (history.costs, history.accuracies, history.validation_costs, history.regularized_costs) == ([], [], [], [])


def test_evaluation_in_blocks_is_that_of_the_whole(start):
    [(X, Y)] = digits(sizes=(1797,))
    for cost in ("lecture", "rss"):
        measured, right = evaluate(start, X, Y, cost=cost)
        assert measured == pytest.approx(batch_cost(start, X, Y, cost=cost))
        assert right == accuracy(start, X, Y.argmax(axis=1))


def test_every_callback_is_called_after_every_epoch_and_one_can_stop(parts, start):
    seen, lengths = [], []

    def watch(epoch, history, layers):
        seen.append((epoch, predict(layers, parts[0][0][0]).sum()))
        lengths.append(len(history.costs))

    callbacks = [lambda epoch, history, layers: epoch == 2, watch]
    layers, history = train(start, *parts[0], 0.5, 10, 10, generator(), callbacks=callbacks)
    assert [epoch for epoch, _ in seen] == [0, 1, 2]
    assert lengths == [1, 2, 3] == list(range(1, len(history.costs) + 1))
    # Up to rounding: the layers a callback sees lie in memory in another order than those that are handed back.
    assert seen[-1][1] == pytest.approx(predict(layers, parts[0][0][0]).sum(), rel=1e-12)
    assert seen[-1][1] != pytest.approx(seen[0][1], rel=1e-6)


def test_early_stopping_hands_back_the_best_epoch(parts, start):
    training, validation = parts
    # η is so large that the accuracy soon goes up and down.
    layers, history = train(start, *training, 20.0, 60, 10, generator(), validation=validation, patience=4)
    values = history.validation_accuracies
    assert len(values) < 60
    assert len(values) - 1 - history.best_epoch == 4
    assert history.best_epoch == int(np.argmax(values))
    assert evaluate(layers, *validation)[1] == values[history.best_epoch]
    assert evaluate(layers, *validation)[0] == pytest.approx(history.validation_costs[history.best_epoch])


def test_the_plateau_schedule_sets_eta(parts, start):
    training, validation = parts
    _, history = train(start, *training, 20.0, 25, 10, generator(), validation=validation, plateau=(3, 2.0))
    assert history.etas == plateau_schedule(history.validation_accuracies, 20.0, 3, 2.0)
    assert history.etas[-1] < 20.0
    # The first epoch of a lower η is a step of that η.
    assert not np.isclose(history.costs[-1], history.costs[0])


def test_l1_with_a_soft_threshold_makes_zeros_and_the_subgradient_does_not(parts, start):
    shares = {}
    for regularizer in ("l1", "soft threshold"):
        layers, history = train(start, *parts[0], 0.5, 5, 10, generator(), **CLASSES, regularizer=regularizer, lam=2.0)
        weights = [W for W, _ in layers]
        shares[regularizer] = zero_fraction(weights)
        assert history.regularized_costs[-1] == pytest.approx(l1_cost(history.costs[-1], weights, 2.0, 200))
    # Pixels that are 0 in every image have no gradient, and a subgradient step carries them across 0 for ever.
    assert shares["l1"] < 0.01 < 0.3 < shares["soft threshold"]


def test_a_stronger_l2_gives_smaller_weights(parts, start):
    norms = [
        sum(
            np.sum(W**2)
            for W, _ in train(start, *parts[0], 0.5, 5, 10, generator(), regularizer="l2", lam=lam, **CLASSES)[0]
        )
        for lam in (0.0, 1.0, 10.0)
    ]
    assert norms[0] > norms[1] > norms[2]


def test_augmentation_is_asked_anew_every_epoch(parts, start):
    calls = []

    def double(X, Y, rng):
        calls.append(len(X))
        return np.concatenate([X, X]), np.concatenate([Y, Y])

    _, history = train(start, *parts[0], 0.5, 3, 10, generator(), augmentation=double)
    assert calls == [200] * 3
    twice = [np.concatenate([array, array]) for array in parts[0]]
    _, expected = train(start, *twice, 0.5, 3, 10, generator())
    np.testing.assert_allclose(history.costs, expected.costs)


def test_dropout_with_probability_0_is_none_and_otherwise_drops_in_training_only(parts, start):
    without = train(start, *parts[0], 0.5, 2, 10, generator(), fast=False)[0]
    assert_equal_layers(train(start, *parts[0], 0.5, 2, 10, generator(), fast=False, dropout=0.0)[0], without)
    layers, history = train(start, *parts[0], 0.5, 2, 10, generator(), dropout=0.5)
    assert not np.allclose(layers[0][0], without[0][0])
    assert history.costs[-1] == pytest.approx(batch_cost(layers, *parts[0]))


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("fast", [True, False])
def test_a_cost_that_explodes_is_written_down_without_a_warning(fast):
    X, Y = noisy_curve(50, 0.1, generator())
    start = scaled_init([1, 5, 1], generator())
    _, history = train(start, X, Y, 1e6, 30, 5, generator(), hidden="relu", output="linear", fast=fast)
    assert not np.isfinite(history.costs[-1])


def test_a_curve_is_learned_by_regression():
    X, Y = noisy_curve(200, 0.05, generator())
    start = scaled_init([1, 12, 1], generator())
    names = {"hidden": "tanh", "output": "linear", "cost": "slides", "optimizer": Adam()}
    _, history = train(start, X, Y, 0.02, 300, 20, generator(), **names)
    # The variance of the noise, halved as the slides' cost is.
    assert history.costs[-1] < 3 * 0.05**2 / 2
    assert history.accuracies == []


def test_precision_is_that_of_the_data(parts, start):
    X, Y = parts[0]
    for dtype in (np.float32, np.float64):
        for settings in ({}, {"dropout": 0.2}, {"fast": False, "regularizer": "l2", "lam": np.float64(1)}):
            layers, _ = train(start, X.astype(dtype), Y, np.float64(0.5), 1, 10, generator(), **settings)
            assert {array.dtype for pair in layers for array in pair} == {np.dtype(dtype)}


@pytest.mark.parametrize(
    ("changed", "error", "sentence"),
    [
        ({"X": np.ones((200, 60))}, ShapeError, r"X has shape \(200, 60\): .* \(n, 64\)"),
        ({"Y": np.ones(200)}, ShapeError, "one-hot"),
        ({"X": np.full((200, 64), np.nan)}, ValueError, "not finite"),
        ({"Y": -np.ones((200, 10)), "cost": "binary cross-entropy", "measure": False}, ValueError, "from -1 to -1"),
        ({"eta": 0.0}, ValueError, "eta is 0.0"),
        ({"eta": np.nan}, ValueError, "eta is nan"),
        ({"epochs": 1.5}, ValueError, "epochs is 1.5"),
        ({"batch_size": 0}, ValueError, "batch_size is 0"),
        ({"cost": "mse"}, ValueError, "'mse'"),
        ({"hidden": "sigmoid"}, ValueError, "'sigmoid'"),
        ({"lam": 1.0}, ValueError, "needs a regularizer"),
        ({"regularizer": "L2"}, ValueError, "'L2' is no regularizer"),
        ({"regularizer": "l2", "lam": -1.0}, ValueError, "must be at least 0"),
        ({"dropout": 1.0}, ValueError, "below 1"),
        ({"patience": 3}, ValueError, "validation"),
        ({"plateau": (3, 2.0)}, ValueError, "validation"),
        ({"X": np.ones((200, 64)), "epochs": -1}, ValueError, "epochs is -1"),
    ],
    ids=str,
)
def test_bad_input_gets_one_clear_sentence(parts, start, changed, error, sentence):
    X, Y = parts[0]
    given = {"layers": start, "X": X, "Y": Y, "eta": 0.5, "epochs": 1, "batch_size": 10, "rng": generator()}
    with pytest.raises(error, match=sentence) as caught:
        train(**given | changed)
    assert "\n" not in str(caught.value)


# Other libraries as independent routes.


@pytest.mark.parametrize("activation", ["logistic", "tanh", "relu"])
@pytest.mark.parametrize("lam", [0.0, 3.0])
def test_loss_and_gradients_equal_scikit_learns(parts, activation, lam):
    X, Y = parts[0]
    start, eta = scaled_init([64, 12, 7, 10], generator()), 0.25
    model = MLPClassifier(
        [12, 7],
        activation=activation,
        solver="sgd",
        alpha=lam,
        batch_size=len(X),
        learning_rate_init=eta,
        momentum=0,
        nesterovs_momentum=False,
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        model.partial_fit(X, Y.argmax(axis=1), classes=range(10))
        model.coefs_, model.intercepts_ = [W.T.copy() for W, _ in start], [b.copy() for _, b in start]
        # One step on all the data: what it takes off the weights is η times the gradient.
        model.partial_fit(X, Y.argmax(axis=1))
    loss = l2_cost(batch_cost(start, X, Y, activation, **CLASSES), [W for W, _ in start], lam, len(X))
    assert model.loss_ == pytest.approx(loss, rel=1e-9)
    layers, _ = train(start, X, Y, eta, 1, len(X), generator(), hidden=activation, **CLASSES, regularizer="l2", lam=lam)
    for (W, b), coefs, intercepts in zip(layers, model.coefs_, model.intercepts_, strict=True):
        np.testing.assert_allclose(W, coefs.T, rtol=1e-9, atol=1e-12)
        np.testing.assert_allclose(b, intercepts, rtol=1e-9, atol=1e-12)


def test_the_slides_cost_and_its_gradients_equal_scikit_learns_regressor():
    X, Y = noisy_curve(40, 0.1, generator())
    start, eta = scaled_init([1, 6, 1], generator()), 0.1
    model = MLPRegressor(
        hidden_layer_sizes=[6],
        activation="tanh",
        solver="sgd",
        alpha=0,
        batch_size=40,
        learning_rate_init=eta,
        momentum=0,
    )
    model.partial_fit(X, Y[:, 0])
    model.coefs_, model.intercepts_ = [W.T.copy() for W, _ in start], [b.copy() for _, b in start]
    model.partial_fit(X, Y[:, 0])
    names = {"hidden": "tanh", "output": "linear", "cost": "slides"}
    assert model.loss_ == pytest.approx(batch_cost(start, X, Y, **names), rel=1e-9)
    layers, _ = train(start, X, Y, eta, 1, 40, generator(), **names)
    for (W, _), coefs in zip(layers, model.coefs_, strict=True):
        np.testing.assert_allclose(W, coefs.T, rtol=1e-9)


@pytest.mark.parametrize("optimizer", [SGD(), Momentum(0.8), RMSprop(0.95, 1e-7), Adam(0.8, 0.99, 1e-7)], ids=str)
@pytest.mark.parametrize("fast", [True, False])
def test_an_epoch_of_the_same_batches_gives_pytorchs_weights(parts, optimizer, fast):
    torch = pytest.importorskip("torch", reason="PyTorch is not installed: nblib is not compared with it here.")
    X, Y = parts[0]
    start, eta, lam = scaled_init([64, 12, 7, 10], generator()), 0.01, 2.0
    linear = [torch.nn.Linear(W.shape[1], W.shape[0], dtype=torch.float64) for W, _ in start]
    with torch.no_grad():
        for module, (W, b) in zip(linear, start, strict=True):
            module.weight.copy_(torch.from_numpy(W))
            module.bias.copy_(torch.from_numpy(b))
    model = torch.nn.Sequential(linear[0], torch.nn.Tanh(), linear[1], torch.nn.Tanh(), linear[2])
    groups = [
        {"params": [module.weight for module in linear], "weight_decay": lam / len(X)},
        {"params": [module.bias for module in linear]},
    ]
    make = {
        SGD: lambda: torch.optim.SGD(groups, lr=eta),
        Momentum: lambda: torch.optim.SGD(groups, lr=eta, momentum=0.8),
        RMSprop: lambda: torch.optim.RMSprop(groups, lr=eta, alpha=0.95, eps=1e-7),
        Adam: lambda: torch.optim.Adam(groups, lr=eta, betas=(0.8, 0.99), eps=1e-7),
    }
    steps = make[type(optimizer)]()
    for X_b, Y_b in minibatches(X, Y, 16, generator(5)):
        steps.zero_grad()
        torch.nn.functional.cross_entropy(model(torch.from_numpy(X_b)), torch.from_numpy(Y_b)).backward()
        steps.step()
    layers, _ = train(
        start,
        X,
        Y,
        eta,
        1,
        16,
        generator(5),
        hidden="tanh",
        **CLASSES,
        optimizer=optimizer,
        regularizer="l2",
        lam=lam,
        fast=fast,
    )
    for module, (W, b) in zip(linear, layers, strict=True):
        np.testing.assert_allclose(W, module.weight.detach().numpy(), rtol=1e-8, atol=1e-11)
        np.testing.assert_allclose(b, module.bias.detach().numpy(), rtol=1e-8, atol=1e-11)


def test_the_plain_epoch_is_gradient_descent_on_the_cost_with_its_term(parts, start):
    """Full batches on a quadratic bowl: the cost with the term falls at every step, the one without need not."""
    X, Y = parts[0]
    recipe = Recipe("tanh", "linear", "slides", SGD(), "l2", 50.0, len(X), 0.0)
    training, values = PlainTraining(start, recipe), []
    for _ in range(20):
        cost, _ = evaluate(training.layers, X, Y, "tanh", "linear", "slides")
        values.append(l2_cost(cost, [W for W, _ in training.layers], 50.0, len(X)))
        training.epoch(X, Y, 0.05, len(X), generator())
    assert all(later < earlier for earlier, later in itertools.pairwise(values))
