"""Optuna looks for the settings of a DeepKMeans; the score needs no labels and is measured on held-out rows."""

import sys
import warnings

try:
    import optuna
except ImportError:
    print("This example needs Optuna: pip install 'deepkmeans[tune]'")
    sys.exit(0)

from sklearn.datasets import load_wine
from sklearn.exceptions import ConvergenceWarning
from sklearn.model_selection import train_test_split

from deepkmeans import DeepKMeans
from deepkmeans.model_selection import make_label_free_scorer

warnings.simplefilter("ignore", ConvergenceWarning)  # ten epochs are enough to compare settings
optuna.logging.set_verbosity(optuna.logging.WARNING)

X = load_wine().data
X_train, X_test = train_test_split(X, test_size=0.4, random_state=0)
score = make_label_free_scorer("silhouette", reference=X)


def objective(trial: optuna.Trial) -> float:
    model = DeepKMeans(
        3,
        objective=trial.suggest_categorical("objective", ["dcn", "idec", "sequential"]),
        embedding_dim=trial.suggest_int("embedding_dim", 2, 8),
        pretrain_epochs=10,
        max_epochs=10,
        random_state=0,
    )
    return score(model.fit(X_train), X_test)


study = optuna.create_study(direction="maximize", sampler=optuna.samplers.TPESampler(seed=0))
study.optimize(objective, n_trials=8)
print("best:", study.best_params, f"macro silhouette of held-out rows {study.best_value:.3f}")
