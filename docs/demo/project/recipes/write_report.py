from datetime import date

import dataiku

totals = dataiku.Dataset("station_totals").get_dataframe().sort_values("station")
with dataiku.Folder("reports").get_writer(f"{date.today():%Y-%m}.csv") as report:
    report.write(totals.to_csv(index=False).encode())
