"""GridSearchCV over a DeepKMeans, without labels: held-out rows are scored in one space that no candidate can bend."""

import warnings

from sklearn.datasets import load_iris
from sklearn.exceptions import ConvergenceWarning
from sklearn.model_selection import GridSearchCV

from deepkmeans import DeepKMeans
from deepkmeans.model_selection import make_label_free_scorer
from deepkmeans.objectives import DCN

warnings.simplefilter("ignore", ConvergenceWarning)  # ten epochs are enough to compare settings

X = load_iris().data
model = DeepKMeans(3, objective=DCN(), pretrain_epochs=10, max_epochs=10, random_state=0)
search = GridSearchCV(
    model,
    {"embedding_dim": [2, 3], "objective__weight": [0.01, 0.1]},
    scoring=make_label_free_scorer("silhouette", reference=X),
    cv=3,
)
search.fit(X)
print("best:", search.best_params_, f"macro silhouette of held-out rows {search.best_score_:.3f}")
print("clusters:", search.best_estimator_.report_["cluster_sizes"])
