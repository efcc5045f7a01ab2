import numpy as np
import pytest
import scipy.ndimage
import sklearn.datasets
from sklearn.preprocessing import LabelBinarizer

from nblib.data import digits, enlarge, load_digits, load_mnist, moons, noisy_curve, one_hot, small_network, xor
from nblib.network import ShapeError, predict


def test_digits_are_scikit_learns():
    X, labels = load_digits()
    expected = sklearn.datasets.load_digits()
    np.testing.assert_array_equal(X, expected.data / 16)
    np.testing.assert_array_equal(labels, expected.target)


def test_one_hot_is_scikit_learns():
    labels = np.array([3, 0, 2, 1, 3])
    np.testing.assert_array_equal(one_hot(labels, 4), LabelBinarizer().fit_transform(labels))
    assert one_hot([0], 3).shape == (1, 3)
    np.testing.assert_array_equal(one_hot([True, False, 1.0], 3), [[0, 1, 0], [1, 0, 0], [0, 1, 0]])
    for wrong in ([4], [-1], [0.5, 1], [np.nan]):
        with pytest.raises(ValueError, match="With K = 4 labels are whole numbers from 0 to 3"):
            one_hot(wrong, 4)
    with pytest.raises(TypeError, match="Real numbers"):
        one_hot(["0"], 4)


def test_parts_are_disjoint_and_every_digit_is_in_one():
    parts = digits(seed=1)
    assert [X.shape for X, _ in parts] == [(1000, 64), (400, 64), (397, 64)]
    together = np.concatenate([np.column_stack([X, Y.argmax(axis=1)]) for X, Y in parts])
    X, labels = load_digits()
    whole = np.column_stack([X, labels])
    np.testing.assert_array_equal(together[np.lexsort(together.T)], whole[np.lexsort(whole.T)])
    assert not np.array_equal(digits(seed=2)[0][0], parts[0][0])
    with pytest.raises(ShapeError, match="ask for 1798"):
        digits(sizes=(1000, 798))


def test_enlarged_digits_are_scipys_zoom_image_by_image():
    X = load_digits()[0][:5]
    expected = [scipy.ndimage.zoom(image, 3.5, order=1).ravel() for image in X.reshape(-1, 8, 8)]
    np.testing.assert_allclose(enlarge(X), expected, atol=1e-12)
    [(small, Y), _], [(large, Y_large), _] = digits(sizes=(5, 5)), digits(sizes=(5, 5), enlarged=True)
    np.testing.assert_allclose(large, enlarge(small))
    np.testing.assert_array_equal(Y, Y_large)
    with pytest.raises(ShapeError, match="8 · 8"):
        enlarge(np.ones((2, 60)))


@pytest.mark.parametrize("n", [200, 7])
def test_moons_without_noise_lie_on_two_half_circles(n):
    X, labels = moons(n, 0.0, np.random.default_rng(0))
    upper, lower = X[labels == 0], X[labels == 1]
    assert (len(upper), len(lower)) == (n - n // 2, n // 2)
    np.testing.assert_allclose(np.hypot(*upper.T), 1)
    assert (upper[:, 1] >= 0).all()
    np.testing.assert_allclose(np.hypot(*(lower - [1, 0.5]).T), 1)
    assert (lower[:, 1] <= 0.5).all()


def test_noise_is_what_was_asked_for():
    rng = np.random.default_rng(0)
    X, Y = noisy_curve(20_000, 0.3, rng)
    assert (Y - np.sin(2 * np.pi * X)).std() == pytest.approx(0.3, rel=0.03)
    assert X.shape == Y.shape == (20_000, 1)
    assert 0 <= X.min() < 0.01 and 0.99 < X.max() <= 1
    X, _ = xor(20_000, 0.1, rng)
    assert (X - np.round(X)).std() == pytest.approx(0.1, rel=0.03)
    X, labels = moons(20_000, 0.1, rng)
    assert np.hypot(*X[labels == 0].T).std() == pytest.approx(0.1, rel=0.05)


def test_xor_labels_are_the_exclusive_or_of_the_corners():
    X, labels = xor(400, 0.05, np.random.default_rng(0))
    corners = np.round(X).astype(int)
    np.testing.assert_array_equal(labels, (corners.sum(axis=1) == 1).astype(int))
    assert {tuple(corner) for corner in corners} == {(0, 0), (0, 1), (1, 0), (1, 1)}


# MNIST, with files that only look like it.


@pytest.fixture
def nowhere(tmp_path, monkeypatch):
    """A machine without MNIST, and without a way to it."""
    monkeypatch.delenv("NBLIB_MNIST", raising=False)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))

    def no_network(*args, **kwargs):
        raise OSError("no route to host")

    monkeypatch.setattr(sklearn.datasets, "fetch_openml", no_network)
    return tmp_path


def small_mnist(path):
    rng = np.random.default_rng(0)
    arrays = {
        "x_train": rng.integers(0, 256, (6, 28, 28), np.uint8),
        "y_train": rng.integers(0, 10, 6, np.uint8),
        "x_test": rng.integers(0, 256, (2, 28, 28), np.uint8),
        "y_test": rng.integers(0, 10, 2, np.uint8),
    }
    path.parent.mkdir(parents=True, exist_ok=True)
    np.savez(path, **arrays)
    return arrays


def assert_mnist(loaded, arrays):
    for (X, labels), part in zip(loaded, ("train", "test"), strict=True):
        assert X.dtype == np.float32
        np.testing.assert_allclose(X * 255, arrays[f"x_{part}"].reshape(-1, 784), rtol=1e-6)
        np.testing.assert_array_equal(labels, arrays[f"y_{part}"])


def test_mnist_from_a_path_a_variable_or_the_cache(nowhere, monkeypatch):
    arrays = small_mnist(nowhere / "given.npz")
    assert_mnist(load_mnist(nowhere / "given.npz"), arrays)
    monkeypatch.setenv("NBLIB_MNIST", str(nowhere / "given.npz"))
    assert_mnist(load_mnist(), arrays)
    monkeypatch.delenv("NBLIB_MNIST")
    arrays = small_mnist(nowhere / "cache" / "nblib" / "mnist.npz")
    assert_mnist(load_mnist(download=False), arrays)


def test_mnist_downloaded_once_and_kept(nowhere, monkeypatch):
    images = np.random.default_rng(0).integers(0, 256, (70_000, 4)).astype(float)
    labels = np.arange(70_000) % 10
    monkeypatch.setattr(sklearn.datasets, "fetch_openml", lambda *args, **kwargs: (images, labels.astype(str)))
    (X, y), (X_test, y_test) = load_mnist()
    np.testing.assert_allclose(np.concatenate([X, X_test]) * 255, images, rtol=1e-6)
    np.testing.assert_array_equal(np.concatenate([y, y_test]), labels)
    assert len(X) == 60_000
    monkeypatch.setattr(sklearn.datasets, "fetch_openml", None)
    np.testing.assert_array_equal(load_mnist()[1][1], y_test)


def test_without_mnist_one_sentence_says_what_to_do(nowhere):
    for download in (True, False):
        with pytest.raises(FileNotFoundError, match="NBLIB_MNIST") as caught:
            load_mnist(download=download)
        assert "\n" not in str(caught.value)
    with pytest.raises(FileNotFoundError, match=r"no file .*missing\.npz, so no MNIST: give an npz file with x_train"):
        load_mnist(nowhere / "missing.npz")
    np.savez(nowhere / "other.npz", x_train=1)
    (nowhere / "text.npz").write_text("nothing")
    np.save(nowhere / "array.npy", 1)
    np.savez(nowhere / "pickled.npz", x_train=np.array({}, object), y_train=1, x_test=1, y_test=1)
    small_mnist(nowhere / "torn.npz")
    whole = (nowhere / "torn.npz").read_bytes()
    (nowhere / "torn.npz").write_bytes(whole[: len(whole) // 2])
    # Damage inside: the checksum of an array is wrong.
    (nowhere / "damaged.npz").write_bytes(whole[:200] + bytes(100) + whole[300:])
    for name in ("other.npz", "text.npz", "array.npy", "pickled.npz", "torn.npz", "damaged.npz"):
        with pytest.raises(
            ValueError, match=f"{name} holds no MNIST: .* x_train, y_train, x_test and y_test"
        ) as caught:
            load_mnist(nowhere / name)
        assert "\n" not in str(caught.value)


def test_the_small_network_is_wrong_about_its_example_and_new_each_time():
    layers, x, y = small_network()
    outputs = predict(layers, x)
    assert [W.shape for W, b in layers] == [(3, 2), (2, 3)]
    assert outputs.argmax() != y.argmax()
    layers[0][0][:] = 0
    assert not np.array_equal(small_network()[0][0][0], layers[0][0])
