import numpy as np
import pytest
import scipy.ndimage
from hypothesis import given
from hypothesis import strategies as st

from nblib.augmentation import add_noise, augment, elastic_image, random_shift, rotate_image, shift_image
from nblib.data import load_digits
from nblib.network import ShapeError

moves = st.integers(-10, 10)


@given(moves, moves)
def test_shift_is_scipys_with_zeros_coming_in(dy, dx):
    image = np.arange(1.0, 36).reshape(5, 7)
    np.testing.assert_array_equal(shift_image(image, dy, dx), scipy.ndimage.shift(image, (dy, dx), order=0))


def test_down_and_right_are_positive():
    image = np.array([[1, 2], [3, 4]])
    np.testing.assert_array_equal(shift_image(image, 1, 0), [[0, 0], [1, 2]])
    np.testing.assert_array_equal(shift_image(image, 0, 1), [[0, 1], [0, 3]])


def test_quarter_turns_are_exact_and_others_stay_in_range():
    image = load_digits()[0][0].reshape(8, 8)
    np.testing.assert_allclose(rotate_image(image, 90), np.rot90(image), atol=1e-12)
    turned = rotate_image(image, 17)
    assert turned.shape == (8, 8)
    assert 0 <= turned.min() and turned.max() <= 1
    assert np.abs(turned - image).max() > 0.05


def test_noise_has_its_standard_deviation_and_keeps_the_range():
    rng = np.random.default_rng(0)
    noisy = add_noise(np.full((300, 300), 0.5), 0.05, rng)
    assert noisy.std() == pytest.approx(0.05, rel=0.02)
    assert noisy.mean() == pytest.approx(0.5, abs=0.002)
    ends = add_noise(np.array([0.0, 1.0] * 100), 0.5, rng)
    assert ends.min() == 0 and ends.max() == 1


def test_elastic_displacements_have_their_size_and_change_slowly():
    # The value of a pixel is its column, so that the change of a value is the displacement along the rows.
    ramp = np.tile(np.arange(100.0), (100, 1))
    moved = (elastic_image(ramp, 2.0, 8.0, np.random.default_rng(0)) - ramp)[20:-20, 20:-20]
    assert np.sqrt(np.mean(moved**2)) == pytest.approx(2, rel=0.35)
    assert np.abs(np.diff(moved, axis=0)).max() < 1
    np.testing.assert_array_equal(elastic_image(ramp, 0.0, 8.0, np.random.default_rng(0)), ramp)


def test_random_shifts_take_all_eight_directions_and_never_stay():
    rng = np.random.default_rng(0)
    image = np.zeros((3, 3))
    image[1, 1] = 1
    seen = {tuple(np.argwhere(random_shift(image, rng))[0]) for _ in range(300)}
    assert seen == {(row, column) for row in range(3) for column in range(3)} - {(1, 1)}


def test_augment_keeps_the_originals_in_front_and_labels_with_their_images():
    rng = np.random.default_rng(0)
    X, Y = np.arange(1.0, 25).reshape(4, 6), np.eye(4)
    kept = X.copy()
    # A change that leaves a mark and keeps the image recognizable.
    X_more, Y_more = augment(X, Y, 2, rng, shape=(2, 3), change=lambda image, rng: image + 0.5)
    assert X_more.shape == (12, 6) and Y_more.shape == (12, 4)
    np.testing.assert_array_equal(X_more[:4], kept)
    np.testing.assert_array_equal(X, kept)
    for row, label in zip(X_more[4:], Y_more[4:], strict=True):
        np.testing.assert_array_equal(row - 0.5, kept[label.argmax()])


def test_augment_without_copies_and_in_float32():
    X = load_digits()[0][:3].astype(np.float32)
    X_more, labels = augment(X, [1, 2, 3], 0, np.random.default_rng(0))
    np.testing.assert_array_equal(X_more, X)
    np.testing.assert_array_equal(labels, [1, 2, 3])
    assert augment(X, [1, 2, 3], 1, np.random.default_rng(0))[0].dtype == np.float32


def test_what_is_no_image_is_refused():
    with pytest.raises(ShapeError, match=r"two axes, but this one has shape \(64,\)"):
        shift_image(np.ones(64), 1, 0)
    with pytest.raises(ShapeError, match="8 · 8 pixels"):
        augment(np.ones((2, 60)), [0, 1], 1, np.random.default_rng(0))
    with pytest.raises(ShapeError, match="one label an image"):
        augment(np.ones((2, 64)), [0], 1, np.random.default_rng(0))
