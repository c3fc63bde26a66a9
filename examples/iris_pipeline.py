"""Iris: an autoencoder in front of K-Means, as a scikit-learn pipeline, and its hidden sizes by cross-validation."""

from sklearn.datasets import load_iris
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import make_pipeline

from deepkmeans import Autoencoder, KMeans
from deepkmeans.metrics import evaluate

iris = load_iris()

# The autoencoder scales its columns itself, into the range of its output: a sigmoid output is safe on centimetres.
pipeline = make_pipeline(
    Autoencoder(embedding_dim=8, activation="relu", output_activation="sigmoid", random_state=42),
    KMeans(3, random_state=42),
)
labels = pipeline.fit_predict(iris.data)
plain = KMeans(3, random_state=42).fit_predict(iris.data)

for name, found in [("K-Means", plain), ("Autoencoder + K-Means", labels)]:
    figures = evaluate(iris.target_names[iris.target], found)
    print(f"{name:22} ACC {figures['acc']:.3f}  NMI {figures['nmi']:.3f}  ARI {figures['ari']:.3f}")
    print(" " * 22, {entry["class"]: round(entry["recall"], 2) for entry in figures["per_class"]})

# No labels are used here: score is the negative reconstruction error of rows that were held out.
search = GridSearchCV(Autoencoder(embedding_dim=2, random_state=0), {"hidden_sizes": [(4,), (8,), (16, 8)]}, cv=3)
search.fit(iris.data)
print("best hidden sizes:", search.best_params_["hidden_sizes"], f"held-out score {search.best_score_:.4f}")
