"""The textbook Keras autoencoder as the encoder of DeepKMeans. Keras runs on its torch backend."""

import os
import sys

os.environ["KERAS_BACKEND"] = "torch"  # before the first import of keras

try:
    import keras
except ImportError:
    print("This example needs Keras 3: pip install 'deepkmeans[keras]'")
    sys.exit(0)

from deepkmeans import DeepKMeans
from deepkmeans.datasets import load_digits
from deepkmeans.metrics import evaluate


class Autoencoder(keras.Model):
    """As in the tutorials: two Sequential halves. Nothing in it knows of clustering."""

    def __init__(self, n_inputs: int, latent_dim: int) -> None:
        super().__init__()
        self.encoder = keras.Sequential(
            [keras.Input((n_inputs,)), keras.layers.Dense(64, activation="relu"), keras.layers.Dense(latent_dim)]
        )
        self.decoder = keras.Sequential(
            [keras.Input((latent_dim,)), keras.layers.Dense(64, activation="relu"), keras.layers.Dense(n_inputs)]
        )

    def call(self, x: object) -> object:
        return self.decoder(self.encoder(x))


digits = load_digits()
keras.utils.set_random_seed(0)  # Keras draws first weights from its own generator, which random_state does not reach
# The class itself is the recipe (n_inputs, embedding_dim) -> module: each fit builds a fresh network.
model = DeepKMeans(10, encoder=Autoencoder, embedding_dim=10, objective="dcn", random_state=0)
labels = model.fit_predict(digits.X)
figures = evaluate(digits.y, labels)
print(f"Keras {keras.__version__} ({keras.backend.backend()})")
print(f"ACC {figures['acc']:.3f}  NMI {figures['nmi']:.3f}  ARI {figures['ari']:.3f}")
