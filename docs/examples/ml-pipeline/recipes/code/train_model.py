import pickle
from datetime import datetime

import dataiku
from sklearn.ensemble import IsolationForest

features = dataiku.Dataset("features").get_dataframe()
columns = ["pressure_mean", "pressure_spread", "vibration_most"]
model = IsolationForest(random_state=1).fit(features[columns].dropna())

name = f"{datetime.now():%Y%m%d-%H%M%S}.pickle"
with dataiku.Folder("models").get_writer(name) as file:
    file.write(pickle.dumps({"columns": columns, "model": model}))
