"""Packages that do the work which the course asks of a student."""

LIBRARIES = frozenset({
    "sklearn", "torch", "torchvision", "tensorflow", "keras", "jax", "jaxlib", "flax", "xgboost", "lightgbm",
    "catboost", "mxnet", "paddle", "theano", "fastai", "lightning", "pytorch_lightning", "skorch", "autograd",
    "tinygrad", "statsmodels",
})  # fmt: skip
