import dataiku

LONGEST = 24 * 60  # a bike that is out for longer was not docked properly

rentals = dataiku.Dataset("rentals").get_dataframe()
rentals = rentals.dropna(subset=["ended_at"])
rentals["minutes"] = (rentals["ended_at"] - rentals["started_at"]).dt.total_seconds() / 60
rentals = rentals[(rentals["minutes"] > 0) & (rentals["minutes"] <= LONGEST)]

dataiku.Dataset("rentals_clean").write_with_schema(rentals[["trip_id", "station", "minutes"]])
