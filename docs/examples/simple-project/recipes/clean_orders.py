import dataiku

orders = dataiku.Dataset("orders").get_dataframe()
orders = orders[orders["amount"] > 0].drop_duplicates("order_id")
orders["day"] = orders["ordered_at"].dt.strftime("%Y-%m-%d")

dataiku.Dataset("orders_clean").write_with_schema(orders[["order_id", "day", "product", "amount"]])
