"""Names, signatures and points of the exercises are fixed: students, graders and other tools rely on them."""

import inspect

import pytest

from autograder.exercises import EXERCISES

CONTRACT = {
    "weighted_input(w, a, b)": (1, 1),
    "layer_weighted_inputs(W, a, b)": (1, 1),
    "logistic(z)": (1, 2),
    "step(z, k=0.0)": (1, 1),
    "relu(z)": (1, 1),
    "softmax(z)": (1, 2),
    "fold_bias(W, b)": (1, 1),
    "unfold_bias(Theta)": (1, 1),
    "forward(layers, x)": (1, 3),
    "forward_batch(layers, X)": (1, 2),
    "pad_layers(layers)": (1, 2),
    "logistic_prime(z)": (2, 1),
    "tanh_prime(z)": (2, 1),
    "relu_prime(z)": (2, 1),
    "numerical_derivative(f, x, h=1e-5)": (2, 1),
    "numerical_gradient(f, theta, h=1e-5)": (2, 2),
    "relative_error(u, v)": (2, 1),
    "chain_derivative(functions, derivatives, x)": (2, 2),
    "sum_over_paths(weights, k, j)": (2, 2),
    "neuron_gradient(w, b, X, y)": (2, 3),
    "delta_by_perturbation(layers, x, y, h=1e-5)": (2, 3),
    "output_delta(a, y, z)": (3, 2),
    "hidden_delta(W_next, delta_next, z)": (3, 3),
    "layer_gradients(delta, a_prev)": (3, 2),
    "backprop(layers, x, y)": (3, 4),
    "backprop_batch(layers, X, Y)": (3, 4),
    "sgd_step(layers, gradients, eta)": (3, 1),
    "minibatches(X, Y, batch_size, rng)": (3, 2),
    "train(layers, X, Y, eta, epochs, batch_size, rng)": (3, 4),
    "corrected_notes_gradient(theta, a, y)": (3, 2),
    "gradient_norms(gradients)": (3, 1),
    "quadratic_cost(A, Y)": (4, 1),
    "binary_cross_entropy(a, y)": (4, 2),
    "dC_da(a, y)": (4, 1),
    "da_dz(a)": (4, 1),
    "dC_dz(a, y)": (4, 1),
    "cross_entropy_neuron_gradient(w, b, X, y)": (4, 2),
    "negative_log_likelihood(p, y)": (4, 1),
    "entropy_bits(p)": (4, 1),
    "cross_entropy_bits(p, q)": (4, 1),
    "one_hot(labels, K)": (4, 1),
    "softmax_cross_entropy(Z, Y)": (4, 3),
    "softmax_delta(Z, Y)": (4, 2),
    "backprop_cross_entropy(layers, X, Y)": (4, 3),
    "neuron_race(w, b, x, y, eta, steps, cost)": (4, 2),
    "l2_cost(cost, weights, lam, n)": (5, 1),
    "l1_cost(cost, weights, lam, n)": (5, 1),
    "l2_step(w, gradient, eta, lam, n)": (5, 2),
    "l1_step(w, gradient, eta, lam, n)": (5, 1),
    "soft_threshold_step(w, gradient, eta, lam, n)": (5, 2),
    "regularized_step(layers, gradients, eta, lam, n)": (5, 2),
    "dropout(a, p_drop, rng)": (5, 2),
    "dropout_backward(delta, mask)": (5, 1),
    "evaluation_weights(W, p_drop)": (5, 1),
    "inverted_dropout(a, p_drop, rng)": (5, 1),
    "shift_image(image, dy, dx)": (5, 1),
    "augment(X, Y, copies, rng, shape=(8, 8))": (5, 2),
    "zero_fraction(weights, tol=0.0)": (5, 1),
    "weighted_input_std(n_active, weight_std, bias_std)": (6, 2),
    "saturated_fraction(z, tol=0.01)": (6, 1),
    "normal_init(sizes, rng)": (6, 1),
    "scaled_init(sizes, rng)": (6, 2),
    "xavier_init(sizes, rng)": (6, 1),
    "he_init(sizes, rng)": (6, 1),
    "layer_stds(layers, X)": (6, 2),
    "units_identical(W)": (6, 1),
    "split(n, fractions, rng)": (7, 1),
    "judge_eta(costs)": (7, 2),
    "find_eta(costs_for, start=0.01)": (7, 2),
    "plateau_schedule(accuracies, eta, patience, factor)": (7, 2),
    "early_stopping(accuracies, patience)": (7, 2),
    "best_lambda(validation_accuracies, lambdas)": (7, 1),
    "momentum_step(layers, gradients, velocity, eta, mu)": (7, 2),
    "capstone(X_train, Y_train, X_val, Y_val, rng)": (7, 8),
}


@pytest.mark.parametrize("call", CONTRACT)
def test_exercise_has_the_name_signature_and_points_of_the_course(call):
    lesson, points = CONTRACT[call]
    exercise = EXERCISES[call.split("(")[0]]
    assert exercise.points == points
    assert exercise.lesson.startswith(f"0{lesson}-")
    assert f"{exercise.name}{inspect.signature(exercise.reference)}".replace("1e-05", "1e-5") == call


def test_there_are_no_other_exercises():
    assert set(EXERCISES) == {call.split("(")[0] for call in CONTRACT}
