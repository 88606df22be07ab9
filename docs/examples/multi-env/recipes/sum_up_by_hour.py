import dataiku

output = dataiku.Dataset("output").get_dataframe()
by_hour = output.set_index("measured_at").groupby("turbine")["kilowatts"].resample("1h").mean().reset_index()

dataiku.Dataset("output_by_hour").write_with_schema(by_hour)
