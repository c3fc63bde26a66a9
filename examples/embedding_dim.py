"""How wide should the bottleneck be? A bent surface of three dimensions in forty columns."""

import numpy as np

from deepkmeans import Autoencoder
from deepkmeans.model_selection import select_embedding_dim

draw = np.random.RandomState(0)
latent = draw.randn(600, 3)
X = np.tanh(latent @ draw.randn(3, 40)) @ draw.randn(40, 40) + 0.1 * draw.randn(600, 40)

found = select_embedding_dim(Autoencoder(max_epochs=40), X, cv=2, random_state=0)
columns = ["embedding_dim", "network", "reconstruction", "trustworthiness", "continuity", "score", "chosen"]
print(found.table[columns].round(3).to_string(index=False))
print(found)
print("for set_params:", found.params)
