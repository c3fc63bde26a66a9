"""RandomizedSearchCV with two label-free scores at once: stability decides, silhouette is written down beside it."""

import warnings

from scipy.stats import loguniform
from sklearn.datasets import load_wine
from sklearn.exceptions import ConvergenceWarning
from sklearn.model_selection import RandomizedSearchCV

from deepkmeans import DeepKMeans
from deepkmeans.model_selection import make_label_free_scorer

warnings.simplefilter("ignore", ConvergenceWarning)  # ten epochs are enough to compare settings

X = load_wine().data
search = RandomizedSearchCV(
    DeepKMeans(3, objective="idec", pretrain_epochs=10, max_epochs=10, random_state=0),
    {"embedding_dim": [2, 4, 6], "learning_rate": loguniform(1e-4, 1e-2)},
    n_iter=4,
    scoring={name: make_label_free_scorer(name) for name in ("stability", "silhouette")},
    refit="stability",
    cv=2,
    random_state=0,
)
search.fit(X)
results = search.cv_results_
for params, stability, silhouette in zip(
    results["params"], results["mean_test_stability"], results["mean_test_silhouette"], strict=True
):
    print(f"stability {stability:.3f}  silhouette {silhouette:.3f}  {params}")
print("best:", search.best_params_)
